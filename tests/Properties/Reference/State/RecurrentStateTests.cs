using Gdn.Properties.Support;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Reference.State;

public class RecurrentStateTests
{
    private const int Conv = 3, Delta = 5, Planes = 4;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Rollback_AnyAmount_TakesThatPlaneAndDropsTheNewer(int tokens)
    {
        RecurrentState<double> state = Filled();
        double[] conv = [.. state.ConvPlanes], delta = [.. state.DeltaPlanes];

        state.Rollback(tokens);

        Expect.SameBits("conv", [Conv], conv.AsSpan(tokens * Conv, Conv), state.Conv);
        Expect.SameBits("delta", [Delta], delta.AsSpan(tokens * Delta, Delta), state.Delta);
        int left = Planes - tokens;
        Expect.SameBits<double>(
            "conv planes", [left, Conv], conv.AsSpan(tokens * Conv), state.ConvPlanes[..(left * Conv)]);
        Expect.SameBits<double>(
            "delta planes", [left, Delta], delta.AsSpan(tokens * Delta), state.DeltaPlanes[..(left * Delta)]);
    }

    [Fact]
    public void Copy_HoldsTheSame_AndSharesNothing()
    {
        RecurrentState<double> state = Filled();
        double[] conv = [.. state.Conv], delta = [.. state.Delta];
        var copy = (RecurrentState<double>)state.Copy();
        Expect.SameBits<double>("conv", [Conv], conv, copy.Conv);
        Expect.SameBits<double>("delta", [Delta], delta, copy.Delta);

        Fill(state, 100);
        Expect.SameBits<double>("conv of the copy", [Conv], conv, copy.Conv);
        Expect.SameBits<double>("delta of the copy", [Delta], delta, copy.Delta);

        state = Filled();
        Fill((RecurrentState<double>)state.Copy(), 100);
        Expect.SameBits<double>("conv", [Conv], conv, state.Conv);
        Expect.SameBits<double>("delta", [Delta], delta, state.Delta);
        Assert.DoesNotContain(state.ConvPlanes.ToArray(), x => x >= 100);
        Assert.DoesNotContain(state.DeltaPlanes.ToArray(), x => x >= 100);
    }

    [Fact]
    public void Clear_EveryEntry_IsZero()
    {
        RecurrentState<double> state = Filled();
        state.Clear();

        Expect.SameBits<double>("conv", [Conv], new double[Conv], state.Conv);
        Expect.SameBits<double>("delta", [Delta], new double[Delta], state.Delta);
    }

    private static RecurrentState<double> Filled()
    {
        var state = new RecurrentState<double>(Conv, Delta, Planes);
        Fill(state, 1);
        return state;
    }

    // Different numbers everywhere.
    private static void Fill(RecurrentState<double> state, double first)
    {
        double next = first;
        foreach (ref double entry in state.ConvPlanes) entry = next++;
        foreach (ref double entry in state.DeltaPlanes) entry = next++;
        foreach (ref double entry in state.Conv.AsSpan()) entry = next++;
        foreach (ref double entry in state.Delta.AsSpan()) entry = next++;
    }
}
