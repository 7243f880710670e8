using System.Runtime.InteropServices;
using Gdn.Reference;

namespace Gdn.Harness.Engines.Foreign;

/// <summary>Shared libraries, loaded into this process.</summary>
internal static class SharedLibrary
{
    /// <summary>Loads a library.</summary>
    /// <param name="path">The file.</param>
    /// <param name="remedy">What to do where it cannot be loaded.</param>
    /// <exception cref="EnvironmentException">It cannot be loaded; the message says for which machine it is, if for another.</exception>
    public static nint Load(string path, string remedy)
    {
        try
        {
            return NativeLibrary.Load(Path.GetFullPath(path));
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            string reason = ElfMachine.Of(path) is { } machine && machine != ElfMachine.Here
                ? $"it is for {machine}, and this machine is {ElfMachine.Here}"
                : Reason(e.Message);
            throw new EnvironmentException(path, $"it cannot be loaded ({reason})", remedy, e);
        }
    }

    // After the advice of .NET comes, in a line of its own, what the system's loader says.
    private static string Reason(string message) => message.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Trim();
}
