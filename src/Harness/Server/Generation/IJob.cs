namespace Gdn.Harness.Server.Generation;

/// <summary>Work for a slot that waits until the slot is free.</summary>
internal interface IJob
{
    /// <summary>Ends it with an error.</summary>
    void Fail(ApiException error);

    /// <summary>Marks it as no longer wanted.</summary>
    void Cancel();
}
