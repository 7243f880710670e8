using Gdn.Harness.Checks;
using Gdn.Harness.Models;
using Gdn.Harness.Reports;
using Gdn.Reference.Engines;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>What a reader must know of how an engine ran, and by which rule it was judged.</summary>
internal static class JudgingNotes
{
    /// <summary>The notes; none for an engine without options that declares its arithmetic.</summary>
    public static IEnumerable<Note> Of(IEngineFactory engine, LoadedModel model)
    {
        EngineInfo info = DeclaredCapabilities.InfoOf(engine, model);
        if (info.Settings.Length > 0)
        {
            yield return new Note($"in force: {info.Settings}");
            if (info.Capabilities.DeclaresArithmetic)
                yield return new Note("judged by: the tolerances of single precision, and bits where calls are equal");
        }

        if (info.Capabilities.DeclaresArithmetic) yield break;
        MeasuredNoise noise = MeasuredNoise.Of(engine, model);
        yield return new Note(
            Invariant($"judged by: its own noise, {noise.Scale:G3} times the tolerance of single precision against the reference and ")
            + Invariant($"{noise.Moves / MeasuredNoise.None.Moves:G3} times between equal rows, for one row in {1 / MeasuredNoise.FalseAlarms:N0} ")
            + Invariant($"to be beyond it; measured on {noise.Rows} rows of single sequences in several cuts ")
            + Invariant($"(typically {100 * noise.Typical:G2}% of a row's standard deviation); bits where equal calls repeat themselves"));
    }
}
