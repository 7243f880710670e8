namespace Gdn.Reference.State;

/// <summary>Everything that a model remembers of one sequence: one state per layer, and the position.</summary>
public sealed class SequenceState
{
    private readonly ILayerState[] _layers;

    /// <summary>The state before the first token.</summary>
    /// <param name="layers">Zero states, one per layer.</param>
    /// <param name="planes">P: states that recurrent layers keep after each pass.</param>
    public SequenceState(IEnumerable<ILayerState> layers, int planes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(planes, 1);
        _layers = [.. layers];
        Planes = planes;
    }

    /// <summary>P.</summary>
    public int Planes { get; }

    /// <summary>Position of the next token.</summary>
    public int NextPosition { get; private set; }

    /// <summary>How many tokens can be taken back: within the last pass, one less than the states kept of it.</summary>
    public int RollbackLimit { get; private set; }

    /// <summary>How many layers have a state.</summary>
    public int Count => _layers.Length;

    /// <summary>The state of a layer.</summary>
    public ILayerState this[int layer] => _layers[layer];

    /// <summary>Notes that a pass has carried every layer over <paramref name="tokens"/> more tokens.</summary>
    public void Advance(int tokens)
    {
        NextPosition += tokens;
        RollbackLimit = Math.Min(Planes, tokens) - 1;
    }

    /// <summary>Back to the state before the first token.</summary>
    public void Clear()
    {
        foreach (ILayerState layer in _layers) layer.Clear();
        NextPosition = RollbackLimit = 0;
    }

    /// <summary>
    /// An independent copy of the present state: a fork, or a snapshot to be restored by copying it back. What could be
    /// rolled back is not part of it.
    /// </summary>
    public SequenceState Copy() => new(_layers.Select(layer => layer.Copy()), Planes) { NextPosition = NextPosition };

    /// <summary>Takes back the last <paramref name="tokens"/> tokens, as after rejected drafts.</summary>
    /// <exception cref="InputException">More than <see cref="RollbackLimit"/>, or negative.</exception>
    public void Rollback(int tokens)
    {
        if (tokens < 0 || tokens > RollbackLimit)
            throw new InputException(
                "rollback", $"{tokens} tokens cannot be rolled back, at most {RollbackLimit}",
                "roll back within the last batch, or keep more planes");
        foreach (ILayerState layer in _layers) layer.Rollback(tokens);
        NextPosition -= tokens;
        RollbackLimit -= tokens;
    }
}
