using Gdn.Harness.Models;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Throughput;

/// <summary>What is timed: an engine, or a server.</summary>
internal interface ISpeedSubject
{
    /// <summary>Its name in reports.</summary>
    string Name { get; }

    /// <summary>Makes it ready for workloads.</summary>
    /// <param name="slots">np.</param>
    /// <param name="positions">The most tokens that a sequence will have.</param>
    ISpeedSession Open(int slots, int positions);
}

/// <summary>Something that is ready to be timed.</summary>
internal interface ISpeedSession : IDisposable
{
    /// <summary>Times a workload.</summary>
    WorkloadTimes Time(Workload workload);

    /// <summary>Times <see cref="FixedWork"/> where it is.</summary>
    PhaseTime TimeFixedWork();
}

/// <summary>An engine with a model: made anew each time, since where its memory happens to lie is part of the noise.</summary>
/// <param name="factory">Makes the engine.</param>
/// <param name="model">The model.</param>
internal sealed class EngineSubject(IEngineFactory factory, LoadedModel model) : ISpeedSubject
{
    /// <inheritdoc/>
    public string Name => factory.Name;

    /// <inheritdoc/>
    public ISpeedSession Open(int slots, int positions) =>
        new Session(factory.Create(model.Options(slots, planes: 1) with { MaxPositions = positions }));

    private sealed class Session(IModelEngine engine) : ISpeedSession
    {
        public WorkloadTimes Time(Workload workload) => WorkloadRunner.Time(engine, workload, LoadedModel.MaxBatchTokens);

        public PhaseTime TimeFixedWork() => FixedWork.Time(engine);

        public void Dispose() => engine.Dispose();
    }
}
