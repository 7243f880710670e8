using Gdn.Harness.Clients;
using Gdn.Harness.Traffic;
using Gdn.Reference.Engines;
using Gdn.Reference.State;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>
/// Judges a server's answers against an engine of our own that has the same weights: the tokens of the answer are fed to it,
/// and at every position its log-probabilities are compared with those that the server reports.
/// </summary>
/// <remarks>
/// <para>Verified: every position of every answer, alone and in company, whatever the server says of itself.</para>
/// <para>
/// Not verified: damage within rounding (<see cref="OracleBound"/>); tokens that the server did not report; answers whose
/// tokens are not known by id.
/// </para>
/// </remarks>
internal sealed class ReferenceOracle : IDisposable
{
    private const int Slots = 8;

    private readonly OracleModel _model;
    private readonly Dictionary<string, IReadOnlyList<int>?> _templated = [];
    private readonly Dictionary<StateFormat, (IModelEngine Engine, TeacherForcing Forcing)> _engines = [];

    /// <summary>Makes it; engines are made as they are needed.</summary>
    public ReferenceOracle(OracleModel model) => _model = model;

    /// <summary>What is allowed; null before <see cref="LearnAsync"/>.</summary>
    public OracleBound? Bound { get; private set; }

    /// <summary>Names of tokens and ids of texts.</summary>
    public TokenIds Ids => _model.Ids;

    /// <summary>What the server was asked so far.</summary>
    public EarlierTraffic Earlier { get; } = new();

    /// <summary>Whether every answer so far could be read.</summary>
    public bool ReadsEverything { get; private set; }

    /// <summary>Asks for the tokens of prompts that the server wraps into its chat template.</summary>
    public async Task MeetAsync(ICompletionClient server, IEnumerable<Prompt> prompts, CancellationToken cancellation)
    {
        foreach (Prompt prompt in prompts)
            if (prompt.Tokens is null && !_templated.ContainsKey(prompt.Key))
                _templated[prompt.Key] = await server.TokensOfAsync(prompt, cancellation);
    }

    /// <summary>An answer with the ids of all tokens, and of its prompt's; null where they are not known.</summary>
    public ForcedAnswer? Resolve(Prompt prompt, Completion answer)
    {
        if (prompt.Tokens is not null) return Ids.Resolve(prompt.Tokens, answer.Tokens);
        // A parser of thoughts and calls keeps some tokens for itself.
        return answer.Tokens.Count == answer.Counters.Answer
            ? Ids.Resolve(_templated.GetValueOrDefault(prompt.Key), answer.Tokens)
            : null;
    }

    /// <summary>Learns from lone answers how the server rounds.</summary>
    /// <param name="server">The server.</param>
    /// <param name="solo">Its lone answers.</param>
    /// <param name="prompts">What was asked.</param>
    /// <param name="maxTokens">Tokens of each answer.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task LearnAsync(
        ICompletionClient server, SoloAnswers solo, IReadOnlyList<Prompt> prompts, int maxTokens, CancellationToken cancellation)
    {
        await MeetAsync(server, prompts, cancellation);
        var lone = new List<ForcedAnswer>();
        foreach (Prompt prompt in prompts)
            if (Resolve(prompt, await solo.AnswerAsync(prompt, maxTokens, cancellation)) is { } forced)
                lone.Add(forced);
        if (lone.Count == 0) return;
        Bound = new BoundLearner(_model.RoundsCachesOnly, (caches, answers) => Read(caches, answers, cancellation)).Learn(lone);
        ReadsEverything = true;
    }

    /// <summary>Reads answers.</summary>
    /// <returns>One reading for each; null of those whose tokens are not known, or before anything was learnt.</returns>
    public OracleReading?[] Read(
        IReadOnlyList<(Prompt Prompt, Completion Answer)> answers, CancellationToken cancellation)
    {
        ForcedAnswer?[] forced = [.. answers.Select(answer => Resolve(answer.Prompt, answer.Answer))];
        ReadsEverything &= forced.All(answer => answer is not null);
        if (Bound is not { } bound) return new OracleReading?[forced.Length];
        ForcedAnswer[] known = [.. forced.OfType<ForcedAnswer>()];
        var readings = new Queue<ForcedPosition[]>(Read(bound.Caches, known, cancellation));
        return [.. forced.Select(answer => answer is null ? null : Reading(answer, readings.Dequeue(), bound, cancellation))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((IModelEngine engine, _) in _engines.Values) engine.Dispose();
    }

    // Some tokens, such as the same one over and over, are far more sensitive to rounding than those that it was learnt from.
    private OracleReading Reading(
        ForcedAnswer answer, ForcedPosition[] positions, OracleBound bound, CancellationToken cancellation)
    {
        var reading = OracleReading.Of(answer, positions, bound);
        return reading.Wrong is null || bound is { Caches: StateFormat.F32 } or { Grows: false }
            ? reading
            : OracleReading.Of(answer, positions, bound, Read(StateFormat.F32, [answer], cancellation)[0]);
    }

    private ForcedPosition[][] Read(StateFormat caches, IReadOnlyList<ForcedAnswer> answers, CancellationToken cancellation)
    {
        if (!_engines.TryGetValue(caches, out (IModelEngine, TeacherForcing Forcing) made))
        {
            EngineOptions options = _model.Options(Slots);
            IModelEngine engine = _model.Engine(caches).Create(options);
            _engines[caches] = made = (engine, new TeacherForcing(engine, Ids.IsText, Slots, options.MaxBatchTokens));
        }

        return made.Forcing.Read(answers, cancellation);
    }
}
