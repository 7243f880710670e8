using Gdn.Reference.Batches;

namespace Gdn.Harness.Schedules;

/// <summary>Offers a batch that must be refused and change nothing.</summary>
/// <param name="Runs">Tokens of each sequence, one of them at least not acceptable.</param>
public sealed record RefusedStep(IReadOnlyList<SequenceRun> Runs) : ScheduleStep
{
    /// <summary>A token that no vocabulary has.</summary>
    public const int NoToken = -1;

    /// <summary>The batch.</summary>
    public TokenBatch ToBatch(Func<int, int> nextPosition) => new DecodeStep(Runs).ToBatch(nextPosition);

    /// <inheritdoc/>
    public override void Accept(IStepVisitor visitor) => visitor.Visit(this);

    /// <inheritdoc/>
    public override string Describe() => "refuse " + string.Join(" | ", Runs.Select(run => run.Describe()));

    /// <inheritdoc/>
    public override ScheduleStep Rename(Func<int, int> sequences) =>
        new RefusedStep([.. Runs.Select(run => run with { Sequence = sequences(run.Sequence) })]);

    /// <inheritdoc/>
    public override IEnumerable<ScheduleStep> Simpler() => Runs.Count > 1 ? [new RefusedStep([.. Runs.Skip(1)])] : [];

    /// <inheritdoc/>
    public override long Weight() => Runs.Sum(run => run.Weight());

    /// <inheritdoc/>
    public override ScheduleStep? Without(int sequence) => this;
}
