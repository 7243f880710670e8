using System.Text;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>
/// What an engine's process prints, read so that it never has to wait; the beginning of what it printed during the current
/// call is kept, as its last words.
/// </summary>
internal sealed class ProcessOutput
{
    private const int Kept = 1000, Shown = 200;
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
    /// The first lines printed since <see cref="Clear"/>, of a process that is gone, up to a stack trace; empty if there are none.
    /// </summary>
    public string FirstLines()
    {
        // A process started by the engine may hold the streams open.
        _reading.Wait(Patience);
        string text;
        lock (_text) text = _text.ToString();
        IEnumerable<string> lines = text.Split('\n')
            .Select(line => line.Trim()).Where(line => line.Length > 0).TakeWhile(line => !line.StartsWith("at ", StringComparison.Ordinal));
        text = string.Join(" ", lines.Take(2));
        return text.Length <= Shown ? text : text[..Shown] + "...";
    }

    private async Task Read(TextReader reader)
    {
        var buffer = new char[1024];
        try
        {
            while (await reader.ReadAsync(buffer).ConfigureAwait(false) is > 0 and int count)
                lock (_text) _text.Append(buffer, 0, Math.Min(count, Kept - _text.Length));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process is gone.
        }
    }
}
