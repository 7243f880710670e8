using System.Text.Json;
using System.Text.Json.Nodes;
using Gdn.Harness.Server;
using Xunit;

namespace Gdn.Properties.Harness.Server;

/// <summary>Cached prompts: counters say that states were used, and the answers have the same bits as without.</summary>
public sealed class PromptCacheTests
{
    private static readonly int[] A = Completions.Prompt(seed: 1, length: 70), B = Completions.Prompt(seed: 2, length: 50);

    /// <summary>Prompts one after the other, and how many tokens of each are known by then.</summary>
    public static TheoryData<string, int[][], int[]> Conversations => new()
    {
        // 66 is the last checkpoint: four tokens before the end.
        { "regenerate", [A, A], [0, 66] },
        { "A-B-A", [A, B, A], [0, 0, 66] },
        { "edit in the middle", [A, [.. A[..40], .. B]], [0, 32] },
        { "edit at the end", [A, [.. A[..68], .. B]], [0, 66] },
        { "shorter", [A, A[..50]], [0, 32] },
        { "one token", [[7], [7]], [0, 0] },
    };

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task Conversation_Cached_SameBitsAsUncached(string name, int[][] prompts, int[] known)
    {
        Assert.NotEmpty(name);
        foreach (int draft in (int[])[0, 3])
        {
            await using Running server = await Running.Start(new ServeOptions(1) { DraftTokens = draft });
            for (int i = 0; i < prompts.Length; i++)
            {
                JsonElement cached = await Answer(server, prompts[i], cache: true);
                Assert.Equal(known[i], Completions.Timing(cached, "cache_n"));
                Assert.Equal(prompts[i].Length - known[i], Completions.Timing(cached, "prompt_n"));
                await using Running fresh = await Running.Start(new ServeOptions(1));
                Assert.Equal(
                    Completions.LogProbabilities(await Answer(fresh, prompts[i], cache: false)),
                    Completions.LogProbabilities(cached));
            }
        }
    }

    [Fact]
    public async Task Conversation_GoesOn_ReadsOnlyWhatIsNew()
    {
        await using Running server = await Running.Start(new ServeOptions(2));
        int[] answer = Completions.Tokens(await Answer(server, A, cache: true));
        int[] next = [.. A, .. answer, .. B];
        JsonElement cached = await Answer(server, next, cache: true);

        // All but the answer's last token, which the engine has not seen.
        Assert.Equal(A.Length + answer.Length - 1, Completions.Timing(cached, "cache_n"));
        Assert.Equal(
            Completions.LogProbabilities(await Answer(server, next, cache: false)), Completions.LogProbabilities(cached));
    }

    [Fact]
    public async Task Checkpoints_None_NothingIsKnown()
    {
        await using Running server = await Running.Start(new ServeOptions(1) { Checkpoints = 0 });
        await Answer(server, A, cache: true);
        Assert.Equal(0, Completions.Timing(await Answer(server, A, cache: true), "cache_n"));
    }

    [Fact]
    public async Task Checkpoints_Few_TheOldestGiveWay()
    {
        await using Running server = await Running.Start(new ServeOptions(1) { Checkpoints = 3 });
        foreach (int[] prompt in (int[][])[A, B, A[..60]]) await Answer(server, prompt, cache: true);
        Assert.Equal(0, Completions.Timing(await Answer(server, B, cache: true), "cache_n"));
    }

    private static async Task<JsonElement> Answer(Running server, int[] prompt, bool cache)
    {
        JsonObject request = Completions.Greedy(prompt, 12, cache);
        return (await server.Post("/completion", request)).Body;
    }
}
