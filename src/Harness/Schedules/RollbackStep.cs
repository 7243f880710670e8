namespace Gdn.Harness.Schedules;

/// <summary>Takes back the sequence's last tokens.</summary>
public sealed record RollbackStep(int Sequence, int Count) : ScheduleStep
{
    /// <inheritdoc/>
    public override void Accept(IStepVisitor visitor) => visitor.Visit(this);

    /// <inheritdoc/>
    public override string Describe() => FormattableString.Invariant($"roll back {Count} of seq {Sequence}");

    /// <inheritdoc/>
    public override ScheduleStep Rename(Func<int, int> sequences) => this with { Sequence = sequences(Sequence) };

    /// <inheritdoc/>
    public override IEnumerable<ScheduleStep> Simpler() => Count > 1 ? [this with { Count = 1 }] : [];

    /// <inheritdoc/>
    public override long Weight() => Count;

    /// <inheritdoc/>
    public override ScheduleStep? Without(int sequence) => this;
}
