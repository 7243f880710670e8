using Gdn.Harness;
using Gdn.Harness.Throughput;

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

/// <summary>Something that takes a given time.</summary>
internal sealed record SimulatedSubject(SimulatedMachine Machine) : ISpeedSubject
{
    public string Name => "simulated";

    public double Prompt { get; init; } = 1;

    public double Answer { get; init; } = 1;

    public double Floor { get; init; } = 1;

    /// <summary>Sessions so far.</summary>
    public int Sessions { get; private set; }

    /// <summary>Sessions after which it is as fast as the others; a difference that goes away.</summary>
    public int Passing { get; init; } = int.MaxValue;

    public ISpeedSession Open(int slots, int positions) => Sessions++ < Passing
        ? new Session(Machine, Prompt, Answer, Floor)
        : new Session(Machine, 1, 1, Floor);

    private sealed class Session(SimulatedMachine machine, double prompt, double answer, double floor) : ISpeedSession
    {
        public WorkloadTimes Time(Workload workload) => new(machine.Take(prompt), machine.Take(answer));

        public PhaseTime TimeFixedWork() => machine.Take(floor);

        public void Dispose()
        {
        }
    }
}
