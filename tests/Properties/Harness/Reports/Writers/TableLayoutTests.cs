using Gdn.Harness;
using Gdn.Harness.Reports;
using Gdn.Harness.Reports.Writers;
using Xunit;

namespace Gdn.Properties.Harness.Reports.Writers;

/// <summary>Tables at any width: no word and no number is broken, and no line is longer than it must be.</summary>
public sealed class TableLayoutTests
{
    private sealed record Row(string Name, long Count, string Rate, string Why);

    private static readonly TableOf<Row> Rows = new TableOf<Row>("rows")
        .Left("name", "name", row => row.Name)
        .Left("verdict", "verdict", row => row.Count % 2 == 0 ? Verdict.Clean : Verdict.Dirty)
        .Right("count", "rows compared", row => row.Count)
        .Right("rate", "rate, 95%", row => row.Count, row => row.Rate)
        .Right("size", "output error / bound", row => row.Count)
        .Left("why", "why", row => row.Why);

    private static string[] Lines(Table table, int width) =>
        [.. new TableLayout(table.Shown, table.Rows, width).Lines().Select(line => string.Concat(line.Select(piece => piece.Text)))];

    private static Table Drawn(SeededRandom random)
    {
        string Words(int most, int longest) => string.Join(' ', Enumerable.Range(0, 1 + random.Next(most)).Select(
            _ => new string((char)('a' + random.Next(26)), 1 + random.Next(longest))));
        return Rows.Of([.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => new Row(
            Words(1, 18), random.Next(1_000_000), $"{random.Next(100)}% to {random.Next(100)}%", $"{Words(20, 9)} {Words(1, 9)}"))]);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    public void AnyTable_HasNoLongLineAndNoBrokenWord(int width)
    {
        var random = new SeededRandom(5);
        for (int i = 0; i < 200; i++)
        {
            Table table = Drawn(random);
            string[] lines = Lines(table, width);
            Assert.All(lines, line => Assert.True(line.Length <= width, string.Join('\n', lines)));
            HashSet<string> words = [.. lines.SelectMany(line => line.Split(' '))];
            foreach (IReadOnlyList<Cell> row in table.Rows)
            {
                Assert.Contains(row[0].Text, words);
                // At these widths there is room for sentences, if not beside the numbers.
                Assert.All(row[5].Text.Split(' '), word => Assert.Contains(word, words));
                if (width >= 80) Assert.Contains(lines, line => line.Contains(row[3].Text, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void ColumnsWithoutRoom_AreLeftOutAndNamed()
    {
        Table table = Rows.Of([new Row("a-name-that-is-long", 123456789, "0% to 3%", "x")]);
        Assert.Equal(
            [
                "  name                 verdict",
                "──────────────────────────────",
                "  a-name-that-is-long  DIRTY",
                "(no room for: rows compared,",
                "  rate, 95%, output error /",
                "  bound, why)",
            ],
            Lines(table, 30).Select(line => line.TrimEnd()));
    }

    [Fact]
    public void SentencesWithoutRoom_StandUnderTheirRows()
    {
        Table table = Rows.Of([new Row("churn", 1, "0% to 3%", "a different token across a gap of 10.1 nats")]);
        string[] lines = Lines(table, 64);
        Assert.Equal("    a different token across a gap of 10.1 nats", lines[^1]);
        Assert.DoesNotContain("why", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void EnoughRoom_OneLineARow() => Assert.Equal(3, Lines(Rows.Of([new Row("a", 1, "0% to 3%", "b c d")]), 4096).Length);

    [Theory]
    [InlineData("one two three", 7, "one two|  three")]
    [InlineData("  one two three", 9, "  one two|    three")]
    [InlineData("gdn-harness/replay a", 8, "gdn-harness/replay|  a")]
    [InlineData("", 8, "")]
    public void Text_BreaksBetweenWordsOnly(string text, int width, string lines) =>
        Assert.Equal(lines, string.Join('|', TextLines.Of(text, width)));

    [Theory]
    [InlineData(0.25, "0.250")]
    [InlineData(9876.5, "9876.500")]
    [InlineData(9.84e18, "9.8e18")]
    [InlineData(double.NaN, "NaN")]
    public void LargeRatios_AreShort(double value, string text) => Assert.Equal(text, NumberText.Ratio(value));
}
