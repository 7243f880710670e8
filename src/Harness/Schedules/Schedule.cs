using System.Text.Json.Serialization;

namespace Gdn.Harness.Schedules;

/// <summary>
/// What an engine is asked to do, as data: it can be generated, shrunk, written to a file and run again. Positions are not
/// part of it: a run continues its sequence where that stands, or starts it afresh.
/// </summary>
/// <param name="Slots">State slots that the engine has: how many sequences can live at a time (np).</param>
/// <param name="Planes">P: states that the engine keeps per sequence after a batch; P - 1 tokens can be rolled back.</param>
/// <param name="Steps">What happens, in order.</param>
public sealed record Schedule(int Slots, int Planes, IReadOnlyList<ScheduleStep> Steps)
{
    /// <summary>Tokens decoded over all steps.</summary>
    public int TokenCount => Steps.OfType<DecodeStep>().Sum(step => step.TokenCount);

    /// <summary>Rows of logits wanted over all steps.</summary>
    [JsonIgnore]
    public int RowCount => Steps.OfType<DecodeStep>().Sum(step => step.Rows.Count());

    /// <summary>The schedule for a vocabulary of that size: larger token ids wrap round.</summary>
    public Schedule WithVocabulary(int size) => WithBatches((_, batch) => batch with
    {
        Runs = [.. batch.Runs.Select(run => run with { Tokens = [.. run.Tokens.Select(token => token % size)] })],
    });

    /// <summary>
    /// The schedule as an engine with these rules can play it: batches in parts where it does not take them whole, and without
    /// the steps that are not possible for it.
    /// </summary>
    public Schedule Under(ScheduleRules rules) => ScheduleTracker.DropImpossible(
        this with { Steps = [.. Steps.SelectMany(IEnumerable<ScheduleStep> (step) => step is DecodeStep batch ? rules.PartsOf(batch) : [step])] },
        rules);

    /// <summary>The schedule with every batch changed, and every other step as it is.</summary>
    /// <param name="change">Takes the step's number and the batch.</param>
    public Schedule WithBatches(Func<int, DecodeStep, DecodeStep> change) => this with
    {
        Steps = [.. Steps.Select((step, i) => step is DecodeStep batch ? change(i, batch) : step)],
    };
}
