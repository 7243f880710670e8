using Gdn.Reference;
using Gdn.Reference.Engines;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Engines.Isolation;

/// <summary>One op in a process of its own. A death is reported once; the next call has a new process.</summary>
/// <param name="processes">Where it runs.</param>
/// <param name="name">The engine's name.</param>
/// <param name="precision">What it declares.</param>
internal abstract class IsolatedOp(EngineProcesses processes, string name, KernelPrecision precision) : IDisposable
{
    private EngineProcess? _process;
    private Exception? _failure;

    /// <summary>The engine's name.</summary>
    public string Name => name;

    /// <summary>What it declares.</summary>
    public KernelPrecision Precision => precision;

    /// <inheritdoc/>
    public void Dispose() => Release();

    /// <summary>Begins a question; write its arguments, then <see cref="IsYes"/>.</summary>
    protected Channel Ask(Request question) => (_process ??= processes.Take()).Begin(question);

    /// <summary>Sends the question.</summary>
    protected bool IsYes()
    {
        // It failed at the question before, and no run has said so yet: what is asked of many shapes would hang at each.
        if (_failure is not null) return true;
        try
        {
            return Call().Read<bool>();
        }
        catch (Exception e) when (e is EngineDiedException or EngineThrewException or InputException)
        {
            // A question cannot be a finding; the run that follows it can.
            _failure = e;
            return true;
        }
    }

    /// <summary>Begins a run; write its arguments, then <see cref="Call"/>.</summary>
    /// <exception cref="EngineDiedException">The process died of the question before.</exception>
    /// <exception cref="EngineThrewException">The engine threw at it.</exception>
    /// <exception cref="InputException">It refused to answer.</exception>
    protected Channel BeginRun(Request request)
    {
        if (_failure is not { } failure) return Ask(request);
        _failure = null;
        throw failure;
    }

    /// <summary>Sends the request and waits for the answer, which can then be read.</summary>
    /// <param name="results">Numbers that it holds at most.</param>
    protected Channel Call(long results = 0)
    {
        try
        {
            return _process!.Call(processes.CallLimit, results: results);
        }
        catch (Exception e) when (e is EngineDiedException or OperationCanceledException)
        {
            Release();
            throw;
        }
    }

    private void Release()
    {
        if (_process is not null) processes.Give(_process);
        _process = null;
    }
}
