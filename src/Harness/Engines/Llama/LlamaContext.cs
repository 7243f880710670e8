using Gdn.Reference.Batches;

namespace Gdn.Harness.Engines.Llama;

/// <summary>A context of the library.</summary>
internal sealed unsafe class LlamaContext : ILlamaContext, IDisposable
{
    private const int ToTheEnd = -1;
    private readonly LlamaApi _api;
    private readonly nint _handle, _memory;
    private readonly int _vocabulary;

    /// <summary>Makes one.</summary>
    /// <exception cref="Gdn.Reference.InputException">The library refuses.</exception>
    public LlamaContext(LlamaModel model, LlamaContextSizes sizes)
    {
        (_api, _vocabulary, Sizes) = (model.Library.Api, model.Vocabulary, sizes);
        _handle = model.CreateContext(sizes);
        _memory = _api.MemoryOf(_handle);
    }

    /// <summary>What it was made for.</summary>
    public LlamaContextSizes Sizes { get; }

    /// <summary>Length of a row of logits.</summary>
    public int Vocabulary => _vocabulary;

    /// <summary>Whether a call has failed in a way after which it cannot be trusted.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Forgets every sequence. What their memory holds stays, as in a server: nothing may read it.</summary>
    public void Empty() => _api.ClearMemory(_memory, 0);

    /// <inheritdoc/>
    public int Decode(ReadOnlySpan<BatchToken> tokens)
    {
        int count = tokens.Length;
        int[] ids = new int[count], positions = new int[count], ones = new int[count], slots = new int[count];
        byte[] outputs = new byte[count];
        for (int i = 0; i < count; i++)
        {
            (ids[i], slots[i], positions[i], bool output) = tokens[i];
            (ones[i], outputs[i]) = (1, output ? (byte)1 : (byte)0);
        }

        int*[] sequences = new int*[count];
        fixed (int* id = ids, position = positions, one = ones, slot = slots)
        fixed (byte* output = outputs)
        fixed (int** sequence = sequences)
        {
            for (int i = 0; i < count; i++) sequence[i] = slot + i;
            LlamaLog.Begin();
            int status = _api.Decode(_handle, new LlamaBatch
            {
                Count = count,
                Tokens = id,
                Positions = position,
                SequenceCounts = one,
                Sequences = sequence,
                Outputs = output,
            });
            IsBroken |= status is not (0 or 1 or -1);
            return status;
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Row(int index)
    {
        float* row = _api.Row(_handle, index);
        return row == null ? [] : new ReadOnlySpan<float>(row, _vocabulary);
    }

    /// <inheritdoc/>
    public bool Remove(int slot, int from) => _api.Remove(_memory, slot, from, ToTheEnd) != 0;

    /// <inheritdoc/>
    public void Copy(int source, int target) => _api.Copy(_memory, source, target, ToTheEnd, ToTheEnd);

    /// <inheritdoc/>
    public int NextPosition(int slot) => _api.LastPosition(_memory, slot) + 1;

    /// <inheritdoc/>
    public byte[] Save(int slot)
    {
        var state = new byte[_api.StateSize(_handle, slot, 0)];
        fixed (byte* bytes = state)
        {
            nuint written = _api.SaveState(_handle, bytes, (nuint)state.Length, slot, 0);
            return written == (nuint)state.Length ? state : [];
        }
    }

    /// <inheritdoc/>
    public bool Load(int slot, byte[] state)
    {
        fixed (byte* bytes = state) return _api.LoadState(_handle, bytes, (nuint)state.Length, slot, 0) != 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _api.FreeContext(_handle);
}
