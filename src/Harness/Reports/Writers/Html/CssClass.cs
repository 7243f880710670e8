namespace Gdn.Harness.Reports.Writers.Html;

/// <summary>Names that the style sheet knows.</summary>
internal static class CssClass
{
    /// <summary>Of a verdict.</summary>
    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Clean => "clean",
        Verdict.Dirty => "dirty",
        _ => "inconclusive",
    };
}
