using Gdn.Harness;
using Gdn.Harness.Checks;
using Gdn.Harness.Engines;
using Gdn.Harness.Schedules;
using Gdn.Harness.Schedules.Generation;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Support;

/// <summary>Comparison of an engine with another that must be the same.</summary>
internal static class SameBits
{
    /// <summary>Same rows, bit for bit, over random schedules with state operations of every kind.</summary>
    public static void AsCpu(IEngineFactory engine)
    {
        using NamedEngine cpu = EngineCatalog.Parse("cpu");
        for (int i = 0; i < 24; i++)
        {
            Schedule schedule = ScheduleGenerator.Generate(
                SeededRandom.Derive(5, (ulong)i), SampleModels.Qwen35.Limits(1 + i % 8));
            IReadOnlyList<LogitsRow> expected = Rows(schedule, cpu), actual = Rows(schedule, engine);
            Assert.Equal(expected.Select(row => row.Origin), actual.Select(row => row.Origin));
            for (int r = 0; r < expected.Count; r++)
                Expect.SameBits<float>($"case {i}, row {r}", [expected[r].Logits.Length], expected[r].Logits, actual[r].Logits);
        }
    }

    private static IReadOnlyList<LogitsRow> Rows(Schedule schedule, IEngineFactory engine) =>
        new ModelCase(schedule, engine, SampleModels.Qwen35).Rows(CancellationToken.None);
}
