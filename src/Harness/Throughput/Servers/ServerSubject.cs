using System.Diagnostics;
using Gdn.Harness.Clients;
using Gdn.Harness.Traffic;

namespace Gdn.Harness.Throughput.Servers;

/// <summary>
/// A server: the requests of a workload are sent together, each with a prompt that no other has, and every token is timed as it arrives.
/// What the server waits for on its machine is not known.
/// </summary>
/// <param name="server">The server.</param>
/// <param name="prompts">Makes prompts.</param>
/// <param name="seed">Names them.</param>
/// <param name="cancellation">Ends requests.</param>
internal sealed class ServerSubject(ICompletionClient server, PromptSource prompts, ulong seed, CancellationToken cancellation)
    : ISpeedSubject, ISpeedSession
{
    private readonly Dictionary<Workload, Latencies> _latencies = [];
    private ulong _drawn;

    /// <inheritdoc/>
    public string Name => server.Info.Address.ToString();

    /// <summary>What is known of the server.</summary>
    public ServerInfo Info => server.Info;

    /// <summary>Whether prompts have exactly the tokens that a workload says.</summary>
    public bool IsExact => prompts.IsExact;

    /// <summary>How long clients waited, but for the first time that a workload was run; null for a workload that was not run again.</summary>
    public Latencies? LatenciesOf(Workload workload) =>
        _latencies.GetValueOrDefault(workload) is { Requests: > 0 } latencies ? latencies : null;

    /// <inheritdoc/>
    public ISpeedSession Open(int slots, int positions) => this;

    // Samplers are not asynchronous, since nothing else may go on while they time.
    /// <inheritdoc/>
    public WorkloadTimes Time(Workload workload) => Task.Run(() => TimeAsync(workload), CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public PhaseTime TimeFixedWork() => FixedWork.Time();

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private async Task<WorkloadTimes> TimeAsync(Workload workload)
    {
        var requests = new List<CompletionRequest>();
        foreach (int slot in workload.Active)
        {
            DrawnPrompt drawn = await prompts.DrawAsync(SeededRandom.Derive(seed, _drawn++), workload.Prompt, cancellation);
            requests.Add(new CompletionRequest(
                drawn.Prompt, workload.Answer, Slot: server.Info.TakesSlots ? slot : null, Candidates: 0, Purpose: "throughput"));
        }

        long start = Stopwatch.GetTimestamp();
        AnswerTiming[] answers = await Task.WhenAll(requests.Select(request => AskAsync(request, start)));
        WorkloadTimes times = RequestTimes.Of(workload, answers)
            ?? throw new BadAnswerException(server.Info.Path, "its answers do not arrive token by token");
        if (!_latencies.TryAdd(workload, new Latencies()))
            foreach (AnswerTiming answer in answers) _latencies[workload].Add(answer);
        return times;
    }

    private async Task<AnswerTiming> AskAsync(CompletionRequest request, long start)
    {
        var timing = new AnswerTiming();
        await server.CompleteAsync(
            request, part => timing.Add(Stopwatch.GetElapsedTime(start).TotalSeconds, part.Tokens.Count), cancellation);
        return timing;
    }
}
