using Gdn.Harness;
using Gdn.Harness.Clients;

namespace Gdn.Properties.Harness.Clients;

/// <summary>
/// A client of a server in memory, with a model without weights: what comes next is drawn from a hash of all tokens so far, so that any
/// other token, or anybody else's, changes everything after it. Requests are answered one token each in turn, as with
/// continuous batching.
/// </summary>
/// <remarks>Run what uses it by <see cref="RunAsync"/>: then all requests that are sent at once are also there at once.</remarks>
internal sealed class ToyClient(int slots) : ICompletionClient
{
    public const int Vocabulary = 64;

    private const double Spread = 3;
    private const int CandidatesReported = 20;

    /// <summary>A request while it is answered.</summary>
    internal sealed class Job(CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation)
    {
        public CompletionRequest Request => request;

        public Action<CompletionPart>? Received => received;

        public CancellationToken Cancellation => cancellation;

        public TaskCompletionSource<Completion> Done { get; } = new();

        public List<ServedToken> Tokens { get; } = [];

        public ulong State { get; set; }

        public int Slot { get; set; } = -1;
    }

    private readonly List<Job> _waiting = [], _active = [];
    private readonly ulong[] _leftBehind = new ulong[slots];
    private readonly Dictionary<string, ulong> _files = [];
    private readonly SeededRandom _noise = new(1);
    private bool _running;

    /// <summary>Standard deviation of the noise on every logit, in nats.</summary>
    public double Noise { get; init; }

    /// <summary>The same, of a request while so many are answered, in place of <see cref="Noise"/>.</summary>
    public Func<CompletionRequest, int, double>? NoiseAmong { get; init; }

    /// <summary>What is sent for a token, given all who are answered.</summary>
    public Func<Job, IReadOnlyList<Job>, ServedToken, ServedToken> Said { get; init; } = (_, _, token) => token;

    /// <summary>Tokens that an answer lacks at its end when it is complete.</summary>
    public Func<CompletionRequest, int> Lacks { get; init; } = _ => 0;

    /// <summary>Whether the text of an answer has what its tokens lack.</summary>
    public bool TextIsWhole { get; init; }

    /// <summary>Whether log-probabilities are reported to who asks for them.</summary>
    public bool ReportsLogProbabilities { get; init; } = true;

    /// <summary>Counters of every answer.</summary>
    public Func<CompletionRequest, CompletionCounters> Counters { get; init; } = _ => new CompletionCounters(3, 4, 2);

    /// <summary>Spoils the states of those being answered, before each token.</summary>
    public Action<IReadOnlyList<Job>>? Spoil { get; init; }

    /// <summary>The state that a request starts from: 0 on a right server, given what the slot's last tenant left.</summary>
    public Func<CompletionRequest, ulong, ulong> Start { get; init; } = (_, _) => 0;

    /// <summary>The text of an answer, given that of its tokens.</summary>
    public Func<CompletionRequest, string, string> TextOf { get; init; } = (_, text) => text;

    /// <summary>Whether tokens are drawn, and not always the likeliest.</summary>
    public bool Draws { get; init; }

    /// <summary>Called with a request that names the slot of a running one.</summary>
    public Action<CompletionRequest, Job>? NamesBusySlot { get; init; }

    /// <summary>Whether slots can be saved.</summary>
    public bool SavesSlots { get; init; } = true;

    /// <summary>Called with every request; may throw.</summary>
    public Action<CompletionRequest>? Asked { get; init; }

    public ServerInfo Info { get; init; } = new(new Uri("http://toy/"), ServerFlavour.Unknown, Slots: slots);

    /// <summary>Runs work one piece at a time, in the order in which it is due.</summary>
    public static Task<T> RunAsync<T>(Func<Task<T>> work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.None, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler).Unwrap();

    /// <summary>The state after a token.</summary>
    public static ulong After(ulong state, int token) => SeededRandom.Derive(state, (ulong)token);

    /// <summary>The log-probabilities of all tokens in a state.</summary>
    public static double[] LogProbabilities(ulong state, Func<double> noise)
    {
        double[] logits = [.. Enumerable.Range(0, Vocabulary).Select(
            token => Spread * new SeededRandom(SeededRandom.Derive(~state, (ulong)token)).NextGaussian() + noise())];
        double normaliser = Math.Log(logits.Sum(Math.Exp));
        return [.. logits.Select(logit => logit - normaliser)];
    }

    /// <summary>The token that a state answers, with its candidates.</summary>
    public static ServedToken Next(ulong state, Func<double> noise, bool reportsLogProbabilities = true)
    {
        double[] all = LogProbabilities(state, noise);
        Candidate[] candidates = [.. all.Select((p, token) => new Candidate(token, $"<{token}>", p))
            .OrderByDescending(candidate => candidate.LogProbability).Take(CandidatesReported)];
        Candidate chosen = candidates[0];
        return new ServedToken(
            chosen.Id, chosen.Text, reportsLogProbabilities ? chosen.LogProbability : null,
            reportsLogProbabilities ? candidates : []);
    }

    public Task<Completion> CompleteAsync(
        CompletionRequest request, Action<CompletionPart>? received, CancellationToken cancellation)
    {
        Asked?.Invoke(request);
        if (_active.Find(running => running.Slot == request.Slot) is { } tenant) NamesBusySlot?.Invoke(request, tenant);
        var job = new Job(request, received, cancellation);
        _waiting.Add(job);
        if (!_running) _ = TickAsync();
        return job.Done.Task;
    }

    public Task<IReadOnlyList<int>?> TokenizeAsync(string text, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<int>?>(null);

    public Task<SpeculationTotals?> SpeculationAsync(CancellationToken cancellation) => Task.FromResult<SpeculationTotals?>(null);

    /// <summary>States saved are those that slots' last tenants left.</summary>
    public Task SlotAsync(SlotAction action, int slot, string? file, CancellationToken cancellation)
    {
        if (!SavesSlots) throw new BadAnswerException("POST /slots", "the server answers 501");
        if (action == SlotAction.Save) _files[file!] = _leftBehind[slot];
        else _leftBehind[slot] = action == SlotAction.Restore ? _files[file!] : 0;
        return Task.CompletedTask;
    }

    public void Dispose() { }

    private async Task TickAsync()
    {
        _running = true;
        while (_waiting.Count + _active.Count > 0)
        {
            await Task.Yield();
            Leave(_waiting);
            Leave(_active);
            while (TryAdmit()) { }
            Spoil?.Invoke(_active);
            foreach (Job job in _active.ToArray()) Answer(job);
        }

        _running = false;
    }

    // The first that finds its slot free, or any slot if it names none.
    private bool TryAdmit()
    {
        int[] free = [.. Enumerable.Range(0, slots).Where(slot => _active.All(other => other.Slot != slot))];
        Job? job = free.Length == 0 ? null : _waiting.Find(job => free.Contains(job.Request.Slot ?? free[0]));
        if (job is null) return false;
        _waiting.Remove(job);
        job.Slot = job.Request.Slot ?? free[0];
        job.State = Start(job.Request, _leftBehind[job.Slot]);
        foreach (int token in job.Request.Prompt.Tokens!) job.State = After(job.State, token);
        _active.Add(job);
        return true;
    }

    private void Answer(Job job)
    {
        double noise = NoiseAmong?.Invoke(job.Request, _active.Count) ?? Noise;
        ServedToken token = Next(job.State, () => noise == 0 ? 0 : noise * _noise.NextGaussian(), ReportsLogProbabilities && job.Request.Candidates > 0);
        if (Draws && job.Tokens.Count % 4 == 1)
        {
            Candidate drawn = token.Candidates[^1];
            token = token with { Id = drawn.Id, Text = drawn.Text, LogProbability = drawn.LogProbability };
        }

        job.State = After(job.State, token.Id!.Value);
        _leftBehind[job.Slot] = job.State;
        token = Said(job, _active, token);
        job.Tokens.Add(token);
        bool done = job.Tokens.Count == job.Request.MaxTokens;
        if (done) _active.Remove(job);
        job.Received?.Invoke(new CompletionPart([token], token.Text));
        if (done) job.Done.SetResult(Complete(job));
    }

    private Completion Complete(Job job)
    {
        List<ServedToken> tokens = job.Tokens.GetRange(0, Math.Max(job.Tokens.Count - Lacks(job.Request), 1));
        string text = string.Concat((TextIsWhole ? job.Tokens : tokens).Select(token => token.Text));
        return new Completion(tokens, TextOf(job.Request, text), job.Slot, Counters(job.Request));
    }

    private static void Leave(List<Job> jobs)
    {
        foreach (Job job in jobs.Where(job => job.Cancellation.IsCancellationRequested).ToArray())
        {
            jobs.Remove(job);
            job.Done.SetCanceled(job.Cancellation);
        }
    }
}
