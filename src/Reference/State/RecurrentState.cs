using System.Numerics;

namespace Gdn.Reference.State;

/// <summary>State of one linear layer: the conv window and the delta-rule matrices of every head.</summary>
public sealed class RecurrentState<T> : ILayerState where T : IFloatingPointIeee754<T>
{
    private readonly int _planes;

    // Made by the first pass: copies that are only kept, and restored from, need none.
    private T[]? _convPlanes, _deltaPlanes;

    /// <summary>A zero state.</summary>
    /// <param name="convLength">Elements of the conv window <c>[W - 1, C]</c>.</param>
    /// <param name="deltaLength">Elements of S <c>[Hv, K, V]</c>.</param>
    /// <param name="planes">Snapshots kept after each pass, newest first; at least 1.</param>
    public RecurrentState(int convLength, int deltaLength, int planes)
    {
        Conv = new T[convLength];
        Delta = new T[deltaLength];
        _planes = planes;
    }

    private RecurrentState(RecurrentState<T> other)
    {
        Conv = [.. other.Conv];
        Delta = [.. other.Delta];
        _planes = other._planes;
    }

    /// <summary>The last W - 1 inputs of the conv, oldest first: <c>[W - 1, C]</c>.</summary>
    public T[] Conv { get; }

    /// <summary>S <c>[Hv, K, V]</c>.</summary>
    public T[] Delta { get; }

    /// <summary>Conv windows after the last tokens of the last pass, newest first: <c>[planes, W - 1, C]</c>.</summary>
    public Span<T> ConvPlanes => _convPlanes ??= new T[_planes * Conv.Length];

    /// <summary>S after the last tokens of the last pass, newest first: <c>[planes, Hv, K, V]</c>.</summary>
    public Span<T> DeltaPlanes => _deltaPlanes ??= new T[_planes * Delta.Length];

    /// <summary>Rounds the present S, and those that can be gone back to, as an engine that keeps them in that format.</summary>
    public void Store(StateFormat format)
    {
        if (format == StateFormat.F32) return;
        foreach (ref T entry in Delta.AsSpan()) entry = Round(entry);
        foreach (ref T entry in _deltaPlanes.AsSpan()) entry = Round(entry);
        T Round(T entry) => T.CreateChecked(format.Round(float.CreateChecked(entry)));
    }

    /// <inheritdoc/>
    public void Clear()
    {
        Array.Clear(Conv);
        Array.Clear(Delta);
    }

    /// <inheritdoc/>
    public ILayerState Copy() => new RecurrentState<T>(this);

    /// <summary>Goes back by taking plane <paramref name="tokens"/>, which becomes plane 0.</summary>
    public void Rollback(int tokens)
    {
        Back(ConvPlanes, Conv, tokens);
        Back(DeltaPlanes, Delta, tokens);
    }

    private static void Back(Span<T> planes, T[] live, int count)
    {
        planes[(count * live.Length)..].CopyTo(planes);
        planes[..live.Length].CopyTo(live);
    }
}
