using Gdn.Harness.Bleed.Oracle;
using Gdn.Reference.State;
using Xunit;

namespace Gdn.Properties.Harness.Bleed.Oracle;

public sealed class OracleBoundTests
{
    private static readonly OracleBound Learnt = new(StateFormat.F16, Scale: 1e-3, Grows: true, Rows: 128, Usual: 9e-5) { From = 96 };

    /// <summary>llama.cpp moved a prompt of four tokens by 0.0016 nats, with a bound of 0.0011 learnt from prompts of about 100.</summary>
    [Fact]
    public void Move_ShorterThanLearntFrom_IsAsMuchAsThere()
    {
        Assert.Equal(Learnt.Move(96), Learnt.Move(4));
        Assert.True(Learnt.Move(4) > 0.0016);
        Assert.True(Learnt.Move(1000) > Learnt.Move(96));
    }

    [Fact]
    public void Move_NoiseElsewhere_DoesNotDependOnTheContext()
    {
        OracleBound quantised = Learnt with { Grows = false };
        Assert.Equal(quantised.Scale, quantised.Move(4));
        Assert.Equal(quantised.Scale, quantised.Move(1000));
    }
}
