using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gdn.Harness.Engines.Llama;

/// <summary>
/// What libllama logs, kept until somebody asks why a call has failed. A library has one log, so this process has one. Errors are
/// also passed on to standard error: should the process die, they are its last words.
/// </summary>
internal static unsafe class LlamaLog
{
    private const int Kept = 200, Info = 2, Warning = 3, Error = 4, Continued = 5;
    private static readonly Lock Gate = new();
    private static readonly List<(int Level, string Text)> Lines = [];

    /// <summary>The function to hand to the library.</summary>
    public static delegate* unmanaged[Cdecl]<int, byte*, void*, void> Callback => &Receive;

    /// <summary>Forgets what was logged before a call.</summary>
    public static void Begin()
    {
        lock (Gate) Lines.Clear();
    }

    /// <summary>The first error since <see cref="Begin"/>, else the last warning; null if there is neither.</summary>
    public static string? Reason()
    {
        lock (Gate)
            return OneLine(
                Lines.Where(line => line.Level == Error).Select(line => line.Text).FirstOrDefault()
                ?? Lines.Where(line => line.Level == Warning).Select(line => line.Text).LastOrDefault());
    }

    /// <summary>The last line since <see cref="Begin"/> that contains a text, or null.</summary>
    public static string? Last(string containing)
    {
        lock (Gate) return OneLine(Lines.LastOrDefault(line => line.Text.Contains(containing, StringComparison.Ordinal)).Text);
    }

    /// <summary>Keeps a piece of the log.</summary>
    /// <param name="level">As ggml counts them.</param>
    /// <param name="text">A line, or part of one.</param>
    public static void Add(int level, string text)
    {
        lock (Gate)
        {
            if (level == Continued && Lines.Count > 0) Lines[^1] = (Lines[^1].Level, Lines[^1].Text + text);
            else if (level >= Info && text.Trim().Length > 0) Lines.Add((level, text));
            if (Lines.Count > Kept) Lines.RemoveAt(0);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Receive(int level, byte* text, void* userData)
    {
        string line = Marshal.PtrToStringUTF8((nint)text) ?? "";
        Add(level, line);
        if (level == Error) Console.Error.Write(line);
    }

    private static string? OneLine(string? text) => text?.ReplaceLineEndings(" ").Trim();
}
