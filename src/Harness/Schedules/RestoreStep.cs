namespace Gdn.Harness.Schedules;

/// <summary>Sets the sequence to a kept state.</summary>
public sealed record RestoreStep(int Sequence, int Snapshot) : ScheduleStep
{
    /// <inheritdoc/>
    public override void Accept(IStepVisitor visitor) => visitor.Visit(this);

    /// <inheritdoc/>
    public override string Describe() => FormattableString.Invariant($"restore seq {Sequence} from #{Snapshot}");

    /// <inheritdoc/>
    public override ScheduleStep Rename(Func<int, int> sequences) => this with { Sequence = sequences(Sequence) };

    /// <inheritdoc/>
    public override IEnumerable<ScheduleStep> Simpler() => [];

    /// <inheritdoc/>
    public override long Weight() => 0;

    /// <inheritdoc/>
    public override ScheduleStep? Without(int sequence) => this;
}
