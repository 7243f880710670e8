using Gdn.Harness.Kernels.Bounds;
using Gdn.Harness.Kernels.Calls;
using Gdn.Reference.Kernels;

namespace Gdn.Harness.Kernels.Checks;

/// <summary>
/// Whether a kernel keeps its states as it declares. Every state that must have been rounded has to be one of those that the
/// format can express; and where states are rounded after each token, outputs cannot be as exact as without.
/// </summary>
/// <remarks>
/// Floating-point formats are checked only where the kernel says when it rounds: by default they are the coarsest that it may
/// use. Not verified: quantised snapshots of kernels that solve several tokens together.
/// </remarks>
internal sealed class StorageCheck
{
    // An honest kernel's errors are never all that much smaller than those of both emulations, over that many elements.
    private const double LeastShareOfError = 1.0 / 8;
    private const int LeastElements = 64;

    // Errors of rounding after each token count where they stand out from those of the arithmetic.
    private const double ArithmeticNoise = 64 * KernelPrecision.F32;

    private readonly KernelShape _shape;
    private readonly KernelPrecision _precision;
    private readonly StateQuantizer? _quantizer;

    /// <summary>For calls of a shape.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="precision">What the kernel declares.</param>
    public StorageCheck(in KernelShape shape, KernelPrecision precision)
    {
        (_shape, _precision) = (shape, precision);
        _quantizer = precision.Quantization is { } quantization ? new(quantization, shape.Rule) : null;
    }

    private bool RoundsEachToken =>
        _precision.Rounding == StateRounding.PerToken
        || (_quantizer is not null && _precision is { Rounding: StateRounding.PerChunk, Chunk: 1 });

    /// <summary>What contradicts the declaration, in words, or null.</summary>
    /// <param name="run">The kernel's results, all finite.</param>
    /// <param name="expectation">What they should be.</param>
    /// <param name="baseline">Errors of honest kernels.</param>
    public string? FirstViolation(KernelRun run, KernelExpectation expectation, KernelBaseline baseline)
    {
        if (_quantizer is null && _precision.Rounding == StateRounding.PerChunk) return null;
        if (FirstUnrounded(run, KernelBuffer.State) is { } state) return $"{state}: the state is not {FormatName}";
        if (!RoundsEachToken) return null;
        if (FirstUnrounded(run, KernelBuffer.Snapshot) is { } snapshot)
            return $"{snapshot}: states are not rounded after each token to {FormatName}";
        return IsTooExact(run[KernelBuffer.Output], expectation[KernelBuffer.Output], baseline)
            ? $"o: states are not rounded after each token to {FormatName}: no error of the outputs is 1/8 of what that costs"
            : null;
    }

    private string FormatName => _precision.Quantization is { } quantization
        ? FormattableString.Invariant(
            $"whole numbers up to {quantization.Levels} with a scale for each {quantization.BlockLength(_shape.Rule)} elements along {(quantization.AlongKeys ? 'K' : 'V')}")
        : _precision.State == KernelPrecision.BF16 ? "BF16" : "F16";

    private KernelLocation? FirstUnrounded(KernelRun run, KernelBuffer buffer)
    {
        ReadOnlySpan<float> states = run[buffer];
        int length = _shape.Rule.HeadStateLength;
        for (int start = 0; start < states.Length; start += length)
        {
            ReadOnlySpan<float> state = states.Slice(start, length);
            int? at = _quantizer is null
                ? FirstUnroundedFloat(state)
                : _quantizer.FirstUnrounded(state) is { } block ? _quantizer[block].Start : null;
            if (at is { } index) return KernelLocation.Of(buffer, _shape, start + index);
        }

        return null;
    }

    // The bits that the format has no room for; exponents keep the range of single precision.
    private int? FirstUnroundedFloat(ReadOnlySpan<float> state)
    {
        uint dropped = (1u << (24 + Math.ILogB(_precision.State))) - 1;
        for (int i = 0; i < state.Length; i++)
            if ((BitConverter.SingleToUInt32Bits(state[i]) & dropped) != 0) return i;
        return null;
    }

    // Outputs from the second token on see states that have been rounded at least once.
    private bool IsTooExact(ReadOnlySpan<float> output, Expected expected, KernelBaseline baseline)
    {
        double[] honest = baseline.LeastErrors(KernelBuffer.Output, expected);
        int elements = 0;
        for (int block = 0; block < honest.Length; block++)
        {
            bool isFirstToken = block / _shape.Rule.ValueHeads % _shape.Rule.Tokens == 0;
            if (isFirstToken || honest[block] <= ArithmeticNoise * expected.Norm(block)) continue;
            if (expected.Error(output, block).Norm >= LeastShareOfError * honest[block]) return false;
            elements += expected.BlockLength;
        }

        return elements >= LeastElements;
    }
}
