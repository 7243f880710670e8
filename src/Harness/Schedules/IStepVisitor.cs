namespace Gdn.Harness.Schedules;

/// <summary>
/// Whatever has to do something for every kind of step. A new kind adds a method here, so that nothing compiles before it knows
/// what to do with it.
/// </summary>
public interface IStepVisitor
{
    /// <summary>Visits a batch.</summary>
    void Visit(DecodeStep step);

    /// <summary>Visits a release.</summary>
    void Visit(ClearStep step);

    /// <summary>Visits a fork.</summary>
    void Visit(CopyStep step);

    /// <summary>Visits the keeping of a state.</summary>
    void Visit(SnapshotStep step);

    /// <summary>Visits the return of a kept state.</summary>
    void Visit(RestoreStep step);

    /// <summary>Visits a rollback.</summary>
    void Visit(RollbackStep step);

    /// <summary>Visits a batch to be refused.</summary>
    void Visit(RefusedStep step);
}
