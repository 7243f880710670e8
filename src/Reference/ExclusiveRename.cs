using System.Runtime.InteropServices;

namespace Gdn.Reference;

/// <summary>Gives a file another name that nobody has, in one step: of several who try at once, one succeeds.</summary>
internal static class ExclusiveRename
{
    private const int Exists = 17;

    /// <summary>Renames a file. The old name may be left as a second one, for the caller to delete.</summary>
    /// <exception cref="IOException">The new name is taken, or cannot be given.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not writable.</exception>
    public static void Move(string from, string to)
    {
        // File.Move without replacing looks first and renames then, except on Windows. A hard link is one step.
        if (!OperatingSystem.IsWindows())
        {
            if (Link(from, to) == 0) return;
            if (Marshal.GetLastPInvokeError() == Exists) throw new IOException($"'{to}' exists");
            // A file system without hard links.
        }

        File.Move(from, to, overwrite: false);
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
