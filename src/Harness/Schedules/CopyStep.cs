namespace Gdn.Harness.Schedules;

/// <summary>Makes <paramref name="Target"/> a copy of <paramref name="Source"/>.</summary>
public sealed record CopyStep(int Source, int Target) : ScheduleStep
{
    /// <inheritdoc/>
    public override void Accept(IStepVisitor visitor) => visitor.Visit(this);

    /// <inheritdoc/>
    public override string Describe() => FormattableString.Invariant($"copy seq {Source} to seq {Target}");

    /// <inheritdoc/>
    public override ScheduleStep Rename(Func<int, int> sequences) => new CopyStep(sequences(Source), sequences(Target));

    /// <inheritdoc/>
    public override IEnumerable<ScheduleStep> Simpler() => [];

    /// <inheritdoc/>
    public override long Weight() => 0;

    /// <inheritdoc/>
    public override ScheduleStep? Without(int sequence) => this;
}
