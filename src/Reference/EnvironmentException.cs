namespace Gdn.Reference;

/// <summary>
/// The environment failed: a library is missing or cannot be loaded, a process does not start. The message is one line that
/// says where, what is wrong, and what to do about it; the command line prints it as it is and exits with code 3.
/// </summary>
/// <param name="where">The library, program or address.</param>
/// <param name="problem">What is wrong.</param>
/// <param name="remedy">What the user can do.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class EnvironmentException(string where, string problem, string remedy, Exception? inner = null)
    : Exception(ErrorText.Of(where, problem, remedy), inner)
{
    /// <summary>The library, program or address at fault.</summary>
    public string Where { get; } = where;

    /// <summary>What is wrong.</summary>
    public string Problem { get; } = problem;

    /// <summary>What the user can do.</summary>
    public string Remedy { get; } = remedy;
}
