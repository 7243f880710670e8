using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>Prompts made of prompts.</summary>
internal static class Prompts
{
    /// <summary>One behind the other.</summary>
    public static Prompt Concat(Prompt one, Prompt other) => one.Tokens is { } tokens
        ? new Prompt([.. tokens, .. other.Tokens!])
        : new Prompt(Text: one.Text + other.Text);

    /// <summary>A request whose prompt repeats itself.</summary>
    public static LiveRequest Repeated(LiveRequest request) =>
        request with { Prompt = Concat(request.Prompt, request.Prompt) };

    /// <summary>The prompt with the middle of another one in place of its own: beginning and end stay.</summary>
    public static Prompt Edit(Prompt prompt, Prompt other)
    {
        if (prompt.Tokens is { } tokens)
        {
            (int start, int length) = Middle(tokens.Count, other.Tokens!.Count);
            return new Prompt([.. tokens.Take(start), .. other.Tokens!.Take(length), .. tokens.Skip(start + length)]);
        }

        (int from, int count) = Middle(prompt.Text!.Length, other.Text!.Length);
        return new Prompt(Text: prompt.Text[..from] + other.Text[..count] + prompt.Text[(from + count)..]);
    }

    private static (int Start, int Length) Middle(int length, int available) => (length / 2, Math.Min(length / 6, available));
}
