namespace Gdn.Harness.Checks;

/// <summary>A property of an engine that can be checked on any schedule.</summary>
public interface IModelCheck
{
    /// <summary>Name in findings and replay files.</summary>
    string Name { get; }

    /// <summary>Checks it on one case.</summary>
    CheckOutcome Run(ModelCase @case, CancellationToken cancellation);
}
