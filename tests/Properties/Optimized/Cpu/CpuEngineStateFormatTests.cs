using Gdn.Harness.Schedules;
using Gdn.Optimized.Cpu;
using Gdn.Properties.Support;
using Gdn.Reference.Batches;
using Gdn.Reference.Models;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Optimized.Cpu;

/// <summary>States kept in 16 bits between batches, on random schedules beside a reference that rounds at the same places.</summary>
public class CpuEngineStateFormatTests(ITestOutputHelper output)
{
    private const int Slots = 4, MaxBatchTokens = 96, Schedules = 16;

    public static TheoryData<Architecture, StateFormat> Cases()
    {
        var cases = new TheoryData<Architecture, StateFormat>();
        foreach (Architecture architecture in Enum.GetValues<Architecture>().Where(a => a != Architecture.Qwen3Moe))
            foreach (StateFormat format in new[] { StateFormat.BF16, StateFormat.F16 }) cases.Add(architecture, format);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_Declared_AgreesWithDoubleReference(Architecture architecture, StateFormat format)
    {
        Lockstep lockstep = Play(architecture, format, declared: format);
        lockstep.Verify();
        Assert.True(lockstep.Rows > 100, $"only {lockstep.Rows} rows");
    }

    // Where rounding is not declared it must be found, or the tolerance says nothing.
    [Theory]
    [MemberData(nameof(Cases))]
    public void Decode_Undeclared_IsFarFromDoubleReference(Architecture architecture, StateFormat format) =>
        Assert.True(Play(architecture, format, declared: StateFormat.F32).Ratio > 50);

    private Lockstep Play(Architecture architecture, StateFormat format, StateFormat declared)
    {
        var model = new RandomModel(architecture, seed: 21);
        BatchLimits limits = model.Limits(Slots, MaxBatchTokens);
        Schedule schedule = LongSchedule.Of(seed: 4, limits, Schedules);
        CpuOptions options =
            model.Options(Slots, MaxBatchTokens, model.Config.MaxPositions, schedule.Planes) with { StateFormat = format };
        var lockstep = new Lockstep(model, options, $"{architecture} {format}", declared);
        schedule.Play(limits, lockstep);
        output.WriteLine($"{lockstep.Rows} rows, {lockstep.Ties} ties, error / noise {lockstep.Ratio:F2}");
        return lockstep;
    }
}
