using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>Requests that wait for a slot, in order of arrival. Any thread may add and remove; one admits.</summary>
/// <param name="capacity">How many may wait.</param>
internal sealed class RequestQueue(int capacity)
{
    private readonly object _gate = new();
    private readonly List<IJob> _waiting = [];
    private bool _isStopped;

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Adds a request.</summary>
    /// <exception cref="ApiException">As many wait as may, or the server is stopping.</exception>
    public void Add(IJob job)
    {
        lock (_gate)
        {
            if (_isStopped) throw ApiException.Unavailable("The server is stopping");
            if (_waiting.Count == capacity)
                throw ApiException.Unavailable($"{capacity} requests are waiting, and the queue is full; try again later");
            _waiting.Add(job);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Removes a request; nothing happens if it has been admitted.</summary>
    public void Remove(IJob job)
    {
        lock (_gate) _waiting.Remove(job);
    }

    /// <summary>Offers every waiting request, the oldest first, and removes those that are taken.</summary>
    /// <param name="wait">Whether to wait for a request if the queue is empty.</param>
    /// <param name="take">Takes a request or refuses it for now.</param>
    /// <returns>False once the queue is stopped.</returns>
    public bool Admit(bool wait, Func<IJob, bool> take)
    {
        lock (_gate)
        {
            while (wait && _waiting.Count == 0 && !_isStopped) Monitor.Wait(_gate);
            if (!_isStopped) _waiting.RemoveAll(job => take(job));
            return !_isStopped;
        }
    }

    /// <summary>Refuses requests from now on.</summary>
    /// <returns>Those that waited.</returns>
    public IReadOnlyList<IJob> Stop()
    {
        lock (_gate)
        {
            _isStopped = true;
            Monitor.PulseAll(_gate);
            IJob[] waiting = [.. _waiting];
            _waiting.Clear();
            return waiting;
        }
    }
}
