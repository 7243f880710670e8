using Gdn.Reference;
using Xunit;

namespace Gdn.Properties.Reference;

public class SuggestionTests
{
    private static readonly string[] Names = ["check", "bleed", "compare", "completion"];

    [Theory]
    [InlineData("chekc", "check")]
    [InlineData("chck", "check")]
    [InlineData("bleeed", "bleed")]
    [InlineData("compar", "compare")]
    [InlineData("complete", "completion")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void Nearest_FewLettersAway_IsFound(string given, string? name) => Assert.Equal(name, Suggestion.Nearest(given, Names));

    [Fact]
    public void Remedy_OfManyNames_LeavesThemToTheirList()
    {
        string[] many = [.. Enumerable.Range(100, 50).Select(i => $"fault-{i}")];
        Assert.Equal("see 'faults list'", Suggestion.Remedy("nothing", many, "see 'faults list'"));
        Assert.StartsWith("use one of check, ", Suggestion.Remedy("nothing", Names), StringComparison.Ordinal);
    }
}
