using System.Text;
using Gdn.Harness.Clients;
using Gdn.Harness.TrainingText;

namespace Gdn.Harness.Traffic;

/// <summary>
/// Texts that state a codeword first and ask for it last, with other text in between. The word is invented and is in no
/// other prompt, so any other answer that contains it has it from there.
/// </summary>
/// <param name="tokenize">The tokens of a text, or null where they are not known.</param>
/// <param name="charactersPerToken">Where they are not, how long texts are made.</param>
internal sealed class CodewordPrompts(
    Func<string, CancellationToken, Task<IReadOnlyList<int>?>>? tokenize,
    double charactersPerToken = CodewordPrompts.CharactersUsual) : PromptSource
{
    // Characters to a token: as many as text hardly ever has, and about as many as it mostly has.
    private const int CharactersMax = 8, CharactersUsual = 4;

    // A sample is short, and a template around it must not count much.
    private const int SampleTokens = 100;

    private static readonly string[] Keys = ["amber", "coral", "dusk", "frost", "ivory", "jade"];

    public override bool IsExact => tokenize is not null;

    /// <summary>
    /// Prompts for a server that takes text alone: as long as its count of a prompt's tokens says, where it reports one.
    /// </summary>
    public static async Task<CodewordPrompts> OfTextAsync(ICompletionClient server, ulong seed, CancellationToken cancellation)
    {
        Prompt sample = (await new CodewordPrompts(tokenize: null).DrawAsync(seed, SampleTokens, cancellation)).Prompt;
        Completion answer = await server.CompleteAsync(
            new CompletionRequest(sample, MaxTokens: 1, Purpose: "how long tokens are"), null, cancellation);
        return answer.Counters.Prompt is > 0 and int tokens
            ? new CodewordPrompts(tokenize: null, Math.Min((double)sample.Text!.Length / tokens, CharactersUsual))
            : new CodewordPrompts(tokenize: null);
    }

    public override async Task<DrawnPrompt> DrawAsync(ulong seed, int length, CancellationToken cancellation)
    {
        var draw = new Draw(seed, CorpusSplit.Test);
        string person = InventedWord.Draw(draw, []), word = InventedWord.Draw(draw, [person]);
        string key = Keys[draw.Below(Keys.Length)];
        string stated = $"codeword {key} is {word}.\n", asked = $"codeword {key}?";
        var between = new StringBuilder();
        int characters = tokenize is null
            ? (int)(charactersPerToken * length) - stated.Length - asked.Length
            : CharactersMax * length;
        new Filler(draw, [person]).AppendUntil(between, characters);
        if (tokenize is null) return new DrawnPrompt(new Prompt(Text: stated + between + asked), word);

        int[] first = await TokensAsync(stated), middle = await TokensAsync(between.ToString()), last = await TokensAsync(asked);
        int room = length - first.Length - last.Length;
        // A prompt too short for the codeword is still a prompt.
        return room < 0
            ? new DrawnPrompt(new Prompt([.. first.Concat(last).TakeLast(length)]), null)
            : new DrawnPrompt(new Prompt([.. first, .. middle.TakeLast(room), .. last]), word);

        async Task<int[]> TokensAsync(string text) => [.. await tokenize(text, cancellation) ?? throw new BadAnswerException(
            "/tokenize", "the server tokenized a text before, and does not any more")];
    }
}
