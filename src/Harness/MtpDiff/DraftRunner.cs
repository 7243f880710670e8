using Gdn.Harness.Checks;
using Gdn.Harness.Schedules;
using Gdn.Harness.Speculation;
using Gdn.Reference;
using Gdn.Reference.Engines;

namespace Gdn.Harness.MtpDiff;

/// <summary>Answers the prompts of a comparison, without drafts or in the way of an arm, np at a time, each time on a new engine.</summary>
internal sealed class DraftRunner
{
    // Rounds between two restores, where states are moved.
    private const int RoundsBetweenMoves = 3;

    private readonly MtpDiffOptions _options;
    private readonly EngineCapabilities _declared;
    private readonly int _planes;

    /// <summary>Asks the engine what it can do.</summary>
    public DraftRunner(MtpDiffOptions options)
    {
        _options = options;
        _declared = DeclaredCapabilities.Of(options.Engine, options.Model);
        _planes = options.Drafts[^1] + 1;
        MostDrafts = SpeculationOptions.MostDrafts(_declared, _planes);
    }

    /// <summary>Whether the engine can keep states and restore them.</summary>
    public bool Restores => _declared.Snapshots;

    /// <summary>The most tokens that the engine can be drafted by.</summary>
    public int MostDrafts { get; }

    /// <summary>Whether the engine drafts with draft layers of the model.</summary>
    public bool HasHead()
    {
        if (_options.Model.Exact.DraftLayers == 0) return false;
        using IModelEngine engine = Create(slots: 1, drafts: true);
        return engine is IDraftingEngine { CanDraft: true };
    }

    /// <summary>The prompts in groups that are answered side by side.</summary>
    public IEnumerable<int[][]> Groups => _options.Prompts.Prompts.Select(prompt => prompt.Tokens).Chunk(_options.Slots);

    /// <summary>Answers a group of prompts without drafts.</summary>
    public SpeculativeRun RunPlain(int[][] prompts, CancellationToken cancellation) =>
        Run(prompts, drafts: 0, needsHead: false, moveEvery: 0, _ => new NoDrafts(), cancellation);

    /// <summary>Answers a group of prompts in the way of an arm.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="prompts">The prompts.</param>
    /// <param name="answers">Their answers without drafts.</param>
    /// <param name="cancellation">Ends it.</param>
    public SpeculativeRun Run(
        DraftArm arm, int[][] prompts, IReadOnlyList<IReadOnlyList<int>> answers, CancellationToken cancellation) =>
        Run(prompts, arm.Drafts, arm.Source == DraftSourceKind.Head, arm.MovesStates ? RoundsBetweenMoves : 0, engine => arm.Source switch
        {
            DraftSourceKind.None => new NoDrafts(),
            DraftSourceKind.Head => new HeadDrafts((IDraftingEngine)engine),
            DraftSourceKind.Lookup => new LookupDrafts(),
            DraftSourceKind.Model => new ModelDrafts(_options.Engine.Create(_options.DraftModel!.Options(prompts.Length, planes: 1))),
            _ => new ForcedDrafts(arm.Pattern!, answers, _options.Model.Config.Vocabulary),
        }, cancellation);

    /// <summary>The rows from which the tokens of an answer are chosen if they are decoded one by one, alone.</summary>
    public IReadOnlyList<float[]> DecodePlain(int[] prompt, int[] answer)
    {
        using IModelEngine engine = Create(slots: 1, drafts: false);
        var rows = new List<float[]>();
        ScheduleRules rules = RulesOf(slots: 1);
        foreach (int[] tokens in (int[][])[prompt, .. answer[..^1].Select(token => new[] { token })])
            foreach (DecodeStep part in rules.PartsOf(new DecodeStep([new SequenceRun(0, tokens)], LastOnly: true)))
            {
                var row = new float[engine.Info.Vocabulary];
                bool isOutput = part.Rows.Any();
                engine.Decode(part.ToBatch(engine.NextPosition), isOutput ? row : []);
                if (isOutput) rows.Add(row);
            }

        return rows;
    }

    /// <summary>A schedule of a run as a case for checks.</summary>
    public ModelCase CaseOf(Schedule schedule) => new(schedule, _options.Engine, _options.Model, _declared);

    private SpeculativeRun Run(
        int[][] prompts, int drafts, bool needsHead, int moveEvery, Func<IModelEngine, IDraftSource> sourceOf,
        CancellationToken cancellation)
    {
        using IModelEngine engine = Create(prompts.Length, needsHead);
        using IDraftSource source = sourceOf(engine);
        var decoder = new SpeculativeDecoder(
            engine, source, RulesOf(prompts.Length), _planes,
            new SpeculationOptions(drafts, _options.Tokens)
            {
                Temperature = _options.Temperature,
                Seed = _options.Seed,
                MoveEvery = moveEvery,
            });
        try
        {
            return decoder.Run(prompts, cancellation);
        }
        catch (Exception e) when (e is not (OperationCanceledException or EnvironmentException))
        {
            // Nothing was asked of the engine that it does not declare.
            throw new EngineFailedException(decoder.Steps, nameof(SpeculativeDecoder), e);
        }
    }

    private IModelEngine Create(int slots, bool drafts) =>
        _options.Engine.Create(_options.Model.Options(slots, _planes) with { Drafts = drafts });

    private ScheduleRules RulesOf(int slots) => new(_options.Model.Limits(slots), _declared);
}
