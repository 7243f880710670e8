using Gdn.Harness.Models;
using Gdn.Harness.Schedules;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>
/// One schedule on one engine and one model. What several checks need, the engine's own run and the oracle's, is made
/// once, when first asked for.
/// </summary>
/// <param name="schedule">The schedule.</param>
/// <param name="engine">The engine.</param>
/// <param name="model">The model.</param>
/// <param name="capabilities">What the engine declares; null where its run on the schedule shall tell.</param>
public sealed class ModelCase(
    Schedule schedule, IEngineFactory engine, LoadedModel model, EngineCapabilities? capabilities = null)
{
    private EngineRun? _run;
    private IReadOnlyList<OracleRow>? _oracle;
    private bool? _repeats;

    /// <summary>The schedule.</summary>
    public Schedule Schedule => schedule;

    /// <summary>The engine.</summary>
    public IEngineFactory Engine => engine;

    /// <summary>The model.</summary>
    public LoadedModel Model => model;

    /// <summary>What the engine declares that it can do; everything, if it fails before it can be asked.</summary>
    public EngineCapabilities Capabilities => capabilities ??= OfRun();

    /// <summary>What schedules for the engine and the model keep to.</summary>
    public ScheduleRules Rules => new(model.Limits(schedule.Slots), Capabilities);

    /// <summary>What the engine has counted in its run; zero where it has not run, or failed.</summary>
    public EngineCounters Counters => _run?.Counters ?? default;

    /// <summary>The engine's run.</summary>
    /// <exception cref="EngineFailedException">The engine failed.</exception>
    public EngineRun Run(CancellationToken cancellation) => _run ??= RunOf(schedule, cancellation);

    /// <summary>The engine's rows.</summary>
    /// <exception cref="EngineFailedException">The engine failed.</exception>
    public IReadOnlyList<LogitsRow> Rows(CancellationToken cancellation) => Run(cancellation).Rows;

    /// <summary>The oracle's rows, in the same order.</summary>
    public IReadOnlyList<OracleRow> OracleRows(CancellationToken cancellation) =>
        _oracle ??= Oracle.Run(
            schedule, model, Run(cancellation).Info.Capabilities, MeasuredNoise.Of(engine, model), cancellation);

    /// <summary>Whether the engine, run again, gives the same bits: no run shows more than that.</summary>
    /// <exception cref="EngineFailedException">The engine failed.</exception>
    public bool RepeatsItself(CancellationToken cancellation) => _repeats ??= Repeatability.Of(engine).Holds(
        () => Rows(cancellation)
            .Zip(RowsOf(schedule, cancellation)).All(pair => RowComparison.SameBits(pair.First.Logits, pair.Second.Logits)));

    /// <summary>The rows of a new engine on a variant of the schedule.</summary>
    /// <exception cref="EngineFailedException">The engine failed.</exception>
    public IReadOnlyList<LogitsRow> RowsOf(Schedule variant, CancellationToken cancellation) =>
        RunOf(variant, cancellation).Rows;

    /// <summary>The same once more, for new engines to run.</summary>
    public ModelCase Again() => new(schedule, engine, model, capabilities) { _oracle = _oracle };

    /// <summary>The same without its runs, which hold an engine and all its rows: results are kept for long.</summary>
    public ModelCase WithoutRuns() => With(schedule);

    /// <summary>The same engine and model on another schedule.</summary>
    public ModelCase With(Schedule other) => new(other, engine, model, Capabilities);

    /// <summary>The same engine and schedule on another model; tokens wrap round its vocabulary.</summary>
    public ModelCase On(LoadedModel other) =>
        new(schedule.WithVocabulary(other.Config.Vocabulary), engine, other, Capabilities);

    private EngineCapabilities OfRun()
    {
        try
        {
            return Run(CancellationToken.None).Info.Capabilities;
        }
        catch (EngineFailedException)
        {
            return new EngineCapabilities();
        }
    }

    private EngineRun RunOf(Schedule variant, CancellationToken cancellation)
    {
        int step = -1;
        try
        {
            using IModelEngine instance = engine.Create(model.Options(variant.Slots, variant.Planes));
            step = variant.Steps.Count;
            return EngineRun.Of(variant, instance, cancellation);
        }
        catch (Exception e) when (e is not (EngineFailedException or InputException or EnvironmentException
            or OperationCanceledException))
        {
            // In making the engine or, after the last step, in disposing of it.
            throw new EngineFailedException(step, step < 0 ? nameof(IEngineFactory.Create) : nameof(IDisposable.Dispose), e);
        }
    }
}
