using Gdn.Reference.Batches;

namespace Gdn.Harness.Engines.Llama;

/// <summary>The calls that the engine makes on a context; sequences are numbered from 0 as the library has them: slots.</summary>
internal interface ILlamaContext
{
    /// <summary>llama_decode: 0 for done, 1 for no room, negative for an error.</summary>
    int Decode(ReadOnlySpan<BatchToken> tokens);

    /// <summary>llama_get_logits_ith: the logits of a token of the last batch, by its index; empty if the library has none.</summary>
    ReadOnlySpan<float> Row(int index);

    /// <summary>llama_memory_seq_rm: takes away the positions from one on; false where the library refuses.</summary>
    bool Remove(int slot, int from);

    /// <summary>llama_memory_seq_cp, of everything.</summary>
    void Copy(int source, int target);

    /// <summary>llama_memory_seq_pos_max + 1.</summary>
    int NextPosition(int slot);

    /// <summary>llama_state_seq_get_data; empty where the library refuses.</summary>
    byte[] Save(int slot);

    /// <summary>llama_state_seq_set_data; false where the library refuses.</summary>
    bool Load(int slot, byte[] state);
}
