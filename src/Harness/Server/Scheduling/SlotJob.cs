using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>Something that is done with the state of one slot while no request is answered there.</summary>
/// <param name="slot">The slot's number.</param>
/// <param name="work">Does it, on the scheduler's thread, and returns how many tokens' state was concerned.</param>
internal sealed class SlotJob(int slot, Func<Slot, int> work) : IJob
{
    private readonly TaskCompletionSource<int> _tokens = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The slot's number.</summary>
    public int Slot => slot;

    /// <summary>How many tokens' state was concerned. Throws what <see cref="Fail"/> was given.</summary>
    public Task<int> Tokens => _tokens.Task;

    /// <summary>Does it.</summary>
    public void Run(Slot free) => _tokens.TrySetResult(work(free));

    /// <inheritdoc/>
    public void Fail(ApiException error) => _tokens.TrySetException(error);

    /// <inheritdoc/>
    public void Cancel() => _tokens.TrySetCanceled();
}
