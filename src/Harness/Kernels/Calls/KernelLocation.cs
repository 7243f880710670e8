using Gdn.Reference.Kernels;
using Gdn.Reference.Operators;

namespace Gdn.Harness.Kernels.Calls;

/// <summary>One element of a result.</summary>
/// <param name="Buffer">Which result.</param>
/// <param name="Sequence">Sequence.</param>
/// <param name="Position">Token of an output, plane of a snapshot, 0 for a state.</param>
/// <param name="Head">Value head.</param>
/// <param name="Key">Row of the head's state, 0 for an output.</param>
/// <param name="Value">Index into the value, or column of the head's state.</param>
public readonly record struct KernelLocation(
    KernelBuffer Buffer, int Sequence, int Position, int Head, int Key, int Value)
{
    /// <summary>The element at <paramref name="index"/> of a result laid out as <see cref="KernelBuffer"/> says.</summary>
    public static KernelLocation Of(KernelBuffer buffer, in KernelShape shape, int index)
    {
        DeltaRuleShape rule = shape.Rule;
        int value = index % rule.ValueDim;
        if (buffer == KernelBuffer.Output)
        {
            int head = index / rule.ValueDim;
            int token = head / rule.ValueHeads;
            (int sequence, int position) = shape.PlaceOf(token);
            return new(buffer, sequence, position, head % rule.ValueHeads, 0, value);
        }

        int state = index / rule.StateLength;
        int key = index / rule.ValueDim % rule.KeyDim;
        return new(
            buffer, state % shape.Sequences, state / shape.Sequences, index / rule.HeadStateLength % rule.ValueHeads, key,
            value);
    }

    /// <inheritdoc/>
    public override string ToString() => Buffer switch
    {
        KernelBuffer.Output => $"o[seq {Sequence}, t {Position}, h {Head}, v {Value}]",
        KernelBuffer.State => $"state[seq {Sequence}, h {Head}, k {Key}, v {Value}]",
        _ => $"snapshot[plane {Position}, seq {Sequence}, h {Head}, k {Key}, v {Value}]",
    };
}
