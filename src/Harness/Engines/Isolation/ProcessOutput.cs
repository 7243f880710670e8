using System.Text;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>
/// What an engine's process prints, read so that it never has to wait. Of what it printed during the current call the beginning
/// and the end are kept, for its last words.
/// </summary>
internal sealed class ProcessOutput
{
    private const int Kept = 1000, LinesShown = 3, Shown = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly StringBuilder _text = new();
    private readonly Task _reading;

    /// <summary>Reads until both streams end.</summary>
    public ProcessOutput(TextReader output, TextReader error) => _reading = Task.WhenAll(Read(output), Read(error));

    /// <summary>Forgets what has been printed so far.</summary>
    public void Clear()
    {
        lock (_text) _text.Clear();
    }

    /// <summary>
    /// The last lines printed since <see cref="Clear"/>, of a process that is gone, but for a stack trace; empty if there are none.
    /// </summary>
    public string LastLines()
    {
        // A process started by the engine may hold the streams open.
        _reading.Wait(Patience);
        string text;
        lock (_text) text = _text.ToString();
        IEnumerable<string> lines = text.Split('\n')
            .Select(line => string.Concat(line.Where(c => !char.IsControl(c))).Trim())
            .Where(line => line.Length > 0)
            .TakeWhile(line => !line.StartsWith("at ", StringComparison.Ordinal));
        text = string.Join(" ", lines.TakeLast(LinesShown));
        return text.Length <= Shown ? text : text[..Shown] + "...";
    }

    private async Task Read(TextReader reader)
    {
        var buffer = new char[1024];
        try
        {
            while (await reader.ReadAsync(buffer).ConfigureAwait(false) is > 0 and int count)
                Keep(buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process is gone.
        }
    }

    private void Keep(ReadOnlySpan<char> text)
    {
        lock (_text)
        {
            _text.Append(text);
            if (_text.Length > 2 * Kept) _text.Remove(Kept, _text.Length - 2 * Kept);
        }
    }
}
