namespace Gdn.Harness.Schedules;

/// <summary>Keeps a copy of the sequence's state under a number.</summary>
public sealed record SnapshotStep(int Sequence, int Snapshot) : ScheduleStep
{
    /// <inheritdoc/>
    public override void Accept(IStepVisitor visitor) => visitor.Visit(this);

    /// <inheritdoc/>
    public override string Describe() => FormattableString.Invariant($"snapshot seq {Sequence} as #{Snapshot}");

    /// <inheritdoc/>
    public override ScheduleStep Rename(Func<int, int> sequences) => this with { Sequence = sequences(Sequence) };

    /// <inheritdoc/>
    public override IEnumerable<ScheduleStep> Simpler() => [];

    /// <inheritdoc/>
    public override long Weight() => 0;

    /// <inheritdoc/>
    public override ScheduleStep? Without(int sequence) => this;
}
