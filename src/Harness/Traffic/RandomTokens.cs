using Gdn.Harness.Clients;

namespace Gdn.Harness.Traffic;

/// <summary>Random token ids, for models that know no language.</summary>
/// <param name="vocabulary">Ids are below this.</param>
internal sealed class RandomTokens(int vocabulary) : PromptSource
{
    public override bool IsExact => true;

    public override Task<DrawnPrompt> DrawAsync(ulong seed, int length, CancellationToken cancellation)
    {
        var random = new SeededRandom(seed);
        return Task.FromResult(new DrawnPrompt(
            new Prompt(random.NextTokens(length, vocabulary)), null));
    }
}
