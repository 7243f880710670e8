using Gdn.Optimized.Cpu;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Throughput;

/// <summary>
/// Work that no engine has a part in: always the same, done in the process of the engine. Whatever makes it differ between two engines
/// is not the engines, so their differences have to be larger.
/// </summary>
internal static class FixedWork
{
    // Some 10 ms in all.
    private const int Passes = 20, Loops = 100_000;

    private static readonly float[] Memory = new float[1 << 18];

    /// <summary>Times it in the process of an engine.</summary>
    public static PhaseTime Time(IModelEngine engine) =>
        engine is ITimedElsewhere elsewhere ? elsewhere.TimeFixedWork() : Time();

    /// <summary>Times it here.</summary>
    public static PhaseTime Time() => PhaseTime.Of(Run);

    private static void Run()
    {
        for (int pass = 0; pass < Passes; pass++)
        {
            CeilingLoops.Update(Memory);
            CeilingLoops.MultiplyAdd(Loops);
        }
    }
}
