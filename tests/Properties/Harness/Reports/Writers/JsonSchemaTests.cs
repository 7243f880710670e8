using Gdn.Harness.Reports.Writers;
using Gdn.Properties.Support;
using Xunit;

namespace Gdn.Properties.Harness.Reports.Writers;

/// <summary>The published schema is that of the reports.</summary>
public class JsonSchemaTests
{
    private const string Schema = "docs/schema/report.json";

    private static string Json => SampleReports.Text(new JsonWriter(), SampleReports.Mixed);

    [Fact]
    public void Report_IsAsTheSchemaSays() => Assert.Empty(JsonSchemaChecker.Errors(Schema, Json));

    [Theory]
    [InlineData("\"verdict\": \"dirty\"", "\"verdict\": \"bad\"", "$.verdict: bad is not one of")]
    [InlineData("\"seed\": 7", "\"seed\": -7", "$.seed: -7 is less than 0")]
    [InlineData("\"schema\": 1", "\"schema\": 2", "$.schema: 2 is not 1")]
    [InlineData("\"check\": ", "\"czech\": ", "$.findings[0].check: missing")]
    [InlineData("\"np\": 3", "\"np\": \"3\"", "$.findings[0].np: String is not integer")]
    public void Report_WithAMistake_IsNot(string from, string to, string error) => Assert.Contains(
        JsonSchemaChecker.Errors(Schema, Json.Replace(from, to, StringComparison.Ordinal)),
        line => line.StartsWith(error, StringComparison.Ordinal));
}
