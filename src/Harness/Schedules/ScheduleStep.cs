using System.Text.Json.Serialization;

namespace Gdn.Harness.Schedules;

/// <summary>One step of a schedule: a batch, or an operation on a sequence's state.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(DecodeStep), "decode")]
[JsonDerivedType(typeof(ClearStep), "clear")]
[JsonDerivedType(typeof(CopyStep), "copy")]
[JsonDerivedType(typeof(SnapshotStep), "snapshot")]
[JsonDerivedType(typeof(RestoreStep), "restore")]
[JsonDerivedType(typeof(RollbackStep), "rollback")]
[JsonDerivedType(typeof(RefusedStep), "refuse")]
public abstract record ScheduleStep
{
    /// <summary>Calls the visitor's method for this kind of step.</summary>
    public abstract void Accept(IStepVisitor visitor);

    /// <summary>The step as a maintainer reads it, and as <see cref="ScheduleText"/> reads it back.</summary>
    public abstract string Describe();

    /// <summary>The same step with other numbers for sequences.</summary>
    public abstract ScheduleStep Rename(Func<int, int> sequences);

    /// <summary>Steps of the same kind with less in them, for the shrinker; the boldest first.</summary>
    public abstract IEnumerable<ScheduleStep> Simpler();

    /// <summary>
    /// What the step gives a reader to keep in mind beyond being a step: runs, oddities, tokens. Less for each of
    /// <see cref="Simpler"/>, or the shrinker will not take it.
    /// </summary>
    public abstract long Weight();

    /// <summary>What is left of the step when a sequence no longer takes part; null for nothing.</summary>
    public abstract ScheduleStep? Without(int sequence);
}
