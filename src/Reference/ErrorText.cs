namespace Gdn.Reference;

/// <summary>Errors as one line: what they quote comes from files and servers, and may be of any length.</summary>
internal static class ErrorText
{
    private const int MostOfAPath = 4096, MostOfAProblem = 1000;

    /// <summary>The message.</summary>
    public static string Of(string where, string problem, string remedy) =>
        $"{OutsideText.OneLine(where, MostOfAPath)}: {OutsideText.OneLine(problem, MostOfAProblem)}; "
        + OutsideText.OneLine(remedy, MostOfAPath);
}
