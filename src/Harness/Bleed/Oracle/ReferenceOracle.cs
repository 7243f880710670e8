using Gdn.Harness.Clients;
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
    private readonly List<ForcedAnswer> _lone = [];
    private readonly Dictionary<StateFormat, (IModelEngine Engine, TeacherForcing Forcing)> _engines = [];

    /// <summary>Makes it; engines are made as they are needed.</summary>
    public ReferenceOracle(OracleModel model) => _model = model;

    /// <summary>What is allowed; null before <see cref="Learn"/>.</summary>
    public OracleBound? Bound { get; private set; }

    /// <summary>Names of tokens and ids of texts.</summary>
    public TokenIds Ids => _model.Ids;

    /// <summary>What the server was asked so far.</summary>
    public EarlierTraffic Earlier { get; } = new();

    /// <summary>Whether every answer so far could be read.</summary>
    public bool ReadsEverything { get; private set; }

    /// <summary>Takes a lone answer to learn from.</summary>
    public void Hear(Prompt prompt, Completion answer)
    {
        if (Ids.Resolve(prompt, answer.Tokens) is { } forced) _lone.Add(forced);
    }

    /// <summary>Learns from the lone answers how the server rounds.</summary>
    public void Learn(CancellationToken cancellation)
    {
        if (_lone.Count == 0) return;
        Bound = new BoundLearner(_model.RoundsCachesOnly, (caches, answers) => Read(caches, answers, cancellation)).Learn(_lone);
        ReadsEverything = true;
    }

    /// <summary>Reads answers.</summary>
    /// <returns>One reading for each; null of those whose tokens are not known, or before anything was learnt.</returns>
    public OracleReading?[] Read(
        IReadOnlyList<(Prompt Prompt, Completion Answer)> answers, CancellationToken cancellation)
    {
        ForcedAnswer?[] forced = [.. answers.Select(answer => Ids.Resolve(answer.Prompt, answer.Answer.Tokens))];
        ReadsEverything &= forced.All(answer => answer is not null);
        if (Bound is not { } bound) return new OracleReading?[forced.Length];
        ForcedAnswer[] known = [.. forced.OfType<ForcedAnswer>()];
        var readings = new Queue<ForcedPosition[]>(Read(bound.Caches, known, cancellation));
        return [.. forced.Select(answer => answer is null ? null : OracleReading.Of(answer, readings.Dequeue(), bound))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((IModelEngine engine, _) in _engines.Values) engine.Dispose();
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
