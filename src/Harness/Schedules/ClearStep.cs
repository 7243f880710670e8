namespace Gdn.Harness.Schedules;

/// <summary>Forgets a sequence and frees its slot.</summary>
public sealed record ClearStep(int Sequence) : ScheduleStep
{
    /// <inheritdoc/>
    public override void Accept(IStepVisitor visitor) => visitor.Visit(this);

    /// <inheritdoc/>
    public override string Describe() => FormattableString.Invariant($"clear seq {Sequence}");

    /// <inheritdoc/>
    public override ScheduleStep Rename(Func<int, int> sequences) => this with { Sequence = sequences(Sequence) };

    /// <inheritdoc/>
    public override IEnumerable<ScheduleStep> Simpler() => [];

    /// <inheritdoc/>
    public override long Weight() => 0;

    /// <inheritdoc/>
    public override ScheduleStep? Without(int sequence) => Sequence == sequence ? null : this;
}
