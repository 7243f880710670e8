namespace Gdn.Reference;

/// <summary>
/// Input from outside (a file, a flag, a batch) that cannot be used. The message is one line that says where,
/// what is wrong, and what to do about it; the command line prints it as it is and exits with code 2.
/// </summary>
/// <param name="where">The file, field, flag or batch entry, for example <c>model.gguf: tensor 'output.weight'</c>.</param>
/// <param name="problem">What is wrong, with the offending value.</param>
/// <param name="remedy">What the user can do.</param>
/// <param name="inner">The cause, where there is one.</param>
public class InputException(string where, string problem, string remedy, Exception? inner = null)
    : Exception(ErrorText.Of(where, problem, remedy), inner)
{
    /// <summary>The file, field, flag or batch entry at fault.</summary>
    public string Where { get; } = where;

    /// <summary>What is wrong.</summary>
    public string Problem { get; } = problem;

    /// <summary>What the user can do.</summary>
    public string Remedy { get; } = remedy;
}
