using Gdn.Harness.Engines.Isolation;
using Gdn.Reference.Engines;
using Xunit;

namespace Gdn.Properties.Harness.Engines.Isolation;

/// <summary>An engine that dies of a model is not asked to load it for ever.</summary>
public class LoadingDeathsTests
{
    private static readonly EngineDiedException Crash = new(EngineDeath.Crash, "aborted"), Hang = new(EngineDeath.Hang, "no answer");

    private static LoadingDeaths After(int crashes, bool loadedBefore = false)
    {
        var deaths = new LoadingDeaths();
        if (loadedBefore) deaths.Survived("a.gguf");
        for (int i = 0; i < crashes; i++) deaths.Add("a.gguf", Crash);
        return deaths;
    }

    [Fact]
    public void Crashes_ThreeOfAModel_AreExpectedOfItAlone()
    {
        Assert.Null(After(crashes: 2).Expected("a.gguf"));
        Assert.Same(Crash, After(crashes: 3).Expected("a.gguf"));
        Assert.Null(After(crashes: 3).Expected("b.gguf"));
    }

    [Fact]
    public void Crashes_OfAModelThatWasLoadedOnce_AreNotExpected()
    {
        Assert.Null(After(crashes: 9, loadedBefore: true).Expected("a.gguf"));
        LoadingDeaths deaths = After(crashes: 3);
        // One that was under way meanwhile.
        deaths.Survived("a.gguf");
        Assert.Null(deaths.Expected("a.gguf"));
    }

    [Fact]
    public void Hang_One_IsExpectedOfEveryModel()
    {
        LoadingDeaths deaths = After(crashes: 0);
        deaths.Add("a.gguf", Hang);
        Assert.Same(Hang, deaths.Expected("b.gguf"));
    }
}
