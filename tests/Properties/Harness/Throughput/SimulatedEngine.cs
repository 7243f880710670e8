using Gdn.Harness;
using Gdn.Harness.Throughput;
using Gdn.Reference.Batches;
using Gdn.Reference.Engines;

namespace Gdn.Properties.Harness.Throughput;

/// <summary>A machine whose speed wanders, for times that depend on a seed alone.</summary>
internal sealed class SimulatedMachine(ulong seed, double noise)
{
    private const double Memory = 0.9;

    private readonly SeededRandom _random = new(seed);
    private double _wander;

    /// <summary>Samples taken.</summary>
    public int Samples { get; private set; }

    /// <summary>How long something takes that would take so long.</summary>
    public PhaseTime Take(double seconds)
    {
        Samples++;
        _wander = Memory * _wander + Math.Sqrt(1 - Memory * Memory) * 3 * noise * _random.NextGaussian();
        return new PhaseTime(seconds * Math.Exp(_wander + noise * _random.NextGaussian()), Waited: 0);
    }
}

/// <summary>An engine that takes a given time.</summary>
internal sealed class SimulatedEngine(SimulatedMachine machine, double prompt, double answer, double floor) : IModelEngine, ITimedElsewhere
{
    public EngineInfo Info { get; } = new("simulated", 256);

    public WorkloadTimes Time(Workload workload, int batchTokens) => new(machine.Take(prompt), machine.Take(answer));

    public PhaseTime TimeFixedWork() => machine.Take(floor);

    public void Decode(TokenBatch batch, Span<float> logits) => throw new NotSupportedException();

    public int NextPosition(int sequence) => throw new NotSupportedException();

    public void Clear(int sequence) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}

/// <summary>Makes them.</summary>
internal sealed record SimulatedFactory(SimulatedMachine Machine) : IEngineFactory
{
    public string Name => "simulated";

    public double Prompt { get; init; } = 1;

    public double Answer { get; init; } = 1;

    public double Floor { get; init; } = 1;

    /// <summary>Engines made so far.</summary>
    public int Engines { get; private set; }

    /// <summary>Engines after which it is as fast as the others; a difference that goes away.</summary>
    public int Passing { get; init; } = int.MaxValue;

    public IModelEngine Create(EngineOptions options) => Engines++ < Passing
        ? new SimulatedEngine(Machine, Prompt, Answer, Floor)
        : new SimulatedEngine(Machine, 1, 1, Floor);
}
